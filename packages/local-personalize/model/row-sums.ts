import { bytesOfRowSums, createWorkspace, type RowSums } from "./kernel.ts";

const byMatrix = new WeakMap<Float32Array, RowSums>();

/**
 * Returns a copy of a square matrix in memory of the kernel. `rowSumsOf` uses it without another copy. Throws a
 * RangeError if there is not enough memory.
 */
export function inKernelMemory(matrix: Float32Array): Float32Array {
    const size = Math.sqrt(matrix.length);
    const workspace = createWorkspace(bytesOfRowSums(size));
    const copy = workspace.floats(matrix.length);
    copy.set(matrix);
    byMatrix.set(copy, workspace.rowSums(copy, size));
    return copy;
}

/** Returns the function that sums rows of a square matrix. The first call for a matrix copies it, if necessary. */
export function rowSumsOf(matrix: Float32Array): RowSums {
    const rowSums = byMatrix.get(matrix) ?? rowSumsOf(inKernelMemory(matrix));
    byMatrix.set(matrix, rowSums);
    return rowSums;
}
