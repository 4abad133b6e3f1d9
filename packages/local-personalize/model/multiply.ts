import { bytesOfRowSums, createWorkspace, type RowSums, TILE } from "./kernel.ts";

/**
 * `DEPTH` is the number of terms that one step adds to each sum, and `WIDTH` the number of columns of the right matrix
 * that one step packs.
 */
const DEPTH = 256;
const WIDTH = 256;

/** The left matrix is rows × depth, and the right one depth × columns. */
export interface Shape {
    rows: number;
    depth: number;
    columns: number;
}

/**
 * Returns the product of two matrices, row by row. It takes 2 · rows · depth · columns operations. The sums have the
 * precision of floats. Equal matrices give equal bytes on one kind of processor.
 */
export const multiply = (left: Float64Array | Float32Array, right: Float32Array, shape: Shape): Float32Array =>
    multiplier(left, shape)(right);

/** Returns a function that multiplies the left matrix by any right matrix of one shape. Packs the left matrix once. */
export function multiplier(left: Float64Array | Float32Array, shape: Shape): (right: Float32Array) => Float32Array {
    const { rows, depth, columns } = shape;
    const [height, stride] = [wholeTiles(rows), wholeTiles(columns)];
    const workspace = createWorkspace(4 * (height * stride + height * wholeBlocks(depth) + WIDTH * DEPTH));
    const product = workspace.floats(height * stride);
    const packedLeft = workspace.floats(height * wholeBlocks(depth));
    const packedRight = workspace.floats(WIDTH * DEPTH);
    packRows(packedLeft, left, shape, height);
    return (right) => {
        product.fill(0);
        for (let from = 0; from < depth; from += DEPTH) {
            const part = Math.min(DEPTH, depth - from);
            for (let column = 0; column < columns; column += WIDTH) {
                const width = Math.min(WIDTH, columns - column);
                packColumns(packedRight, right, columns, { from, part, column, width });
                for (let row = 0; row < height; row += 4) {
                    workspace.addFloats({
                        target: product,
                        at: row * stride + column,
                        stride,
                        left: packedLeft,
                        leftAt: from * height + row * DEPTH,
                        right: packedRight,
                        depth: part,
                        capacity: DEPTH,
                        tiles: Math.ceil(width / TILE),
                        sign: 1,
                    });
                }
            }
        }
        const whole = new Float32Array(rows * columns);
        for (let row = 0; row < rows; row++) {
            whole.set(product.subarray(row * stride, row * stride + columns), row * columns);
        }
        return whole;
    };
}

const wholeTiles = (size: number) => Math.ceil(size / TILE) * TILE;
const wholeBlocks = (depth: number) => Math.ceil(depth / DEPTH) * DEPTH;

/** Packs all rows in tiles of 4, one block of columns after the other. */
function packRows(
    packed: Float32Array,
    matrix: Float64Array | Float32Array,
    { rows, depth }: Shape,
    height: number,
): void {
    for (let from = 0; from < depth; from += DEPTH) {
        const end = Math.min(from + DEPTH, depth);
        for (let row = 0; row < rows; row++) {
            let at = from * height + (row - (row % 4)) * DEPTH + (row % 4);
            for (let k = from; k < end; k++, at += 4) packed[at] = matrix[row * depth + k] as number;
        }
    }
}

/** Packs the transpose of a block of the right matrix: `width` columns over `part` rows. */
function packColumns(
    packed: Float32Array,
    matrix: Float32Array,
    columns: number,
    { from, part, column, width }: { from: number; part: number; column: number; width: number },
): void {
    for (let k = 0; k < part; k++) {
        const row = (from + k) * columns + column;
        for (let c = 0; c < width; c++)
            packed[(c - (c % TILE)) * DEPTH + (c % TILE) + TILE * k] = matrix[row + c] as number;
    }
}

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
