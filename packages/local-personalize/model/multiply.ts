import { createWorkspace, TILE } from "./kernel.ts";

/** Terms of a sum that one step adds, and columns of the right matrix that one step packs. */
const DEPTH = 256;
const WIDTH = 256;

/**
 * The product of two n × n matrices, row by row. It takes 2 n³ operations, as the inverse takes n³. The sums have the
 * precision of floats. Equal matrices give equal bytes on one kind of processor.
 */
export function multiply(left: Float64Array, right: Float32Array, n: number): Float32Array {
    const size = Math.ceil(n / TILE) * TILE;
    const workspace = createWorkspace(4 * (size * size + size * DEPTH + WIDTH * DEPTH));
    const product = workspace.floats(size * size);
    const packedLeft = workspace.floats(size * DEPTH);
    const packedRight = workspace.floats(WIDTH * DEPTH);
    for (let from = 0; from < n; from += DEPTH) {
        const depth = Math.min(DEPTH, n - from);
        packRows(packedLeft, left, n, from, depth);
        for (let column = 0; column < n; column += WIDTH) {
            const width = Math.min(WIDTH, n - column);
            packColumns(packedRight, right, n, { from, depth, column, width });
            for (let row = 0; row < size; row += 4) {
                workspace.addFloats({
                    target: product,
                    at: row * size + column,
                    stride: size,
                    left: packedLeft,
                    leftAt: row * DEPTH,
                    right: packedRight,

                    depth,
                    capacity: DEPTH,
                    tiles: Math.ceil(width / TILE),
                    sign: 1,
                });
            }
        }
    }
    const whole = new Float32Array(n * n);
    for (let row = 0; row < n; row++) whole.set(product.subarray(row * size, row * size + n), row * n);
    return whole;
}

/** Packs `depth` columns of all rows in tiles of 4. Places beyond n keep old values, which only reach the padding. */
function packRows(packed: Float32Array, matrix: Float64Array, n: number, from: number, depth: number): void {
    for (let row = 0; row < n; row++) {
        let at = (row - (row % 4)) * DEPTH + (row % 4);
        for (let k = from; k < from + depth; k++, at += 4) packed[at] = matrix[row * n + k] as number;
    }
}

/** Packs the transpose of a block of the right matrix: `width` columns over `depth` rows. */
function packColumns(
    packed: Float32Array,
    matrix: Float32Array,
    n: number,
    { from, depth, column, width }: { from: number; depth: number; column: number; width: number },
): void {
    for (let k = 0; k < depth; k++) {
        const row = (from + k) * n + column;
        for (let c = 0; c < width; c++)
            packed[(c - (c % TILE)) * DEPTH + (c % TILE) + TILE * k] = matrix[row + c] as number;
    }
}
