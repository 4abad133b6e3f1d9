/** `larger`, filled with the values of `values` from its start. */
export function longer<T extends Uint8Array | Int32Array | Float64Array>(values: T, larger: T): T {
    larger.set(values);
    return larger;
}
