type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Frees the memory of `values` at once, because the garbage collector keeps it for a while. They are then empty. */
export const free = (values: Numbers) => void (values.buffer as ArrayBuffer).transfer(0);

/** `larger`, filled with the values of `values` from its start; `values` are freed. */
export function longer<T extends Numbers>(values: T, larger: T): T {
    larger.set(values);
    free(values);
    return larger;
}
