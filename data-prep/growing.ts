type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/**
 * Frees the memory of `values` immediately, because the garbage collector frees it only later. Afterwards `values` is
 * empty.
 */
export const free = (values: Numbers) => void (values.buffer as ArrayBuffer).transfer(0);

/** Copies `values` to the start of `larger`, frees `values`, and returns `larger`. */
export function longer<T extends Numbers>(values: T, larger: T): T {
    larger.set(values);
    free(values);
    return larger;
}
