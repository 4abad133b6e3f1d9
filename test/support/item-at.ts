/** Returns an item of a list; a negative index counts from the end. Throws an Error if the list has no such item. */
export function itemAt<T>(list: { at(index: number): T | undefined }, index: number): T {
    const item = list.at(index);
    if (item === undefined) throw new Error(`The list has no item ${index}`);
    return item;
}
