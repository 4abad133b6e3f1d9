import { createWorkspace, TILE, type Workspace } from "./kernel.ts";

/**
 * The inverse of a symmetric positive definite matrix with up to some thousand rows. JavaScript libraries are over 100
 * times slower. All work uses the kernel of kernel.ts, over panels that are packed so that it reads memory in order.
 * There are three steps, all in one matrix. A = L Lᵀ. U = (L⁻¹)ᵀ goes into the upper triangle. A⁻¹ = U Uᵀ goes into the
 * lower one.
 */

/** Columns of a panel; a multiple of TILE. Panels of n × 32 doubles fit into the second-level cache for n = 1,682. */
const PANEL = 32;

/** A panel of rows, packed: the four rows of a tile side by side, column after column. */
type Packed = Float64Array;

/**
 * Replaces a symmetric positive definite n × n matrix by its inverse. The matrix is row by row. Only its lower triangle
 * is read. Equal matrices give equal bytes on one kind of processor. Throws a RangeError when the matrix is not
 * positive definite; it then keeps its values.
 */
export function invertPositiveDefinite(matrix: Float64Array, n: number): void {
    const size = Math.ceil(n / TILE) * TILE;
    const workspace = createWorkspace(8 * (size * size + 2 * size * PANEL));
    const padded = workspace.doubles(size * size);
    for (let row = 0; row < n; row++) padded.set(matrix.subarray(row * n, row * n + row + 1), row * size);
    for (let row = n; row < size; row++) padded[row * size + row] = 1;
    const left = workspace.doubles(size * PANEL);
    const right = workspace.doubles(size * PANEL);
    factor(workspace, padded, size, left);
    invertFactor(workspace, padded, size, left, right);
    multiplyByTranspose(workspace, padded, size, left);
    for (let row = 0; row < n; row++) {
        for (let column = 0; column <= row; column++) {
            const value = padded[row * size + column] as number;
            matrix[row * n + column] = value;
            matrix[column * n + row] = value;
        }
    }
}

/** Computes the lower triangle L. The values above the diagonal have no meaning afterwards. */
function factor(workspace: Workspace, matrix: Float64Array, n: number, panel: Packed): void {
    for (let start = 0; start < n; start += PANEL) {
        const end = Math.min(start + PANEL, n);
        for (let column = start; column < end; column++) {
            const pivot = (matrix[column * n + column] as number) - dot(matrix, column * n, column * n, start, column);
            if (!(pivot > 0)) throw new RangeError("The matrix is not positive definite.");
            const diagonal = Math.sqrt(pivot);
            matrix[column * n + column] = diagonal;
            for (let row = column + 1; row < n; row++) {
                const at = row * n + column;
                matrix[at] = ((matrix[at] as number) - dot(matrix, row * n, column * n, start, column)) / diagonal;
            }
        }
        pack(panel, matrix, n, start, end);
        for (let row = end; row < n; row += 4)
            addRow(workspace, matrix, n, panel, row - end, panel, row, end, row + 1, end - start, -1);
    }
}

/**
 * Solves U from L: U[j][i] = -U[i][i] · Σ (k from j to i-1) L[i][k] U[j][k]. From this step on, the matrix contains the
 * diagonal of U.
 */
function invertFactor(workspace: Workspace, matrix: Float64Array, n: number, lower: Packed, upper: Packed): void {
    for (let row = 0; row < n; row++) matrix.fill(0, row * n + row + 1, row * n + n);
    for (let start = 0; start < n; start += PANEL) {
        const end = Math.min(start + PANEL, n);
        for (let column = start; column < end; column++) {
            const diagonal = 1 / (matrix[column * n + column] as number);
            matrix[column * n + column] = diagonal;
            for (let row = 0; row < column; row++) {
                const at = row * n + column;
                const inPanel = dot(matrix, column * n, row * n, Math.max(start, row), column);
                matrix[at] = -diagonal * ((matrix[at] as number) + inPanel);
            }
        }
        pack(lower, matrix, n, start, end);
        packUpper(upper, matrix, n, end, start, end);
        for (let row = 0; row < end; row += 4)
            addRow(workspace, matrix, n, upper, row, lower, row, end, n, end - start, 1);
    }
}

/**
 * Computes U Uᵀ in the lower triangle, panel by panel. Once a panel of U is packed, its place in the matrix is
 * overwritten.
 */
function multiplyByTranspose(workspace: Workspace, matrix: Float64Array, n: number, panel: Packed): void {
    for (let row = 1; row < n; row++) matrix.fill(0, row * n, row * n + row);
    for (let start = 0; start < n; start += PANEL) {
        const end = Math.min(start + PANEL, n);
        packUpper(panel, matrix, n, end, start, end);
        for (let row = start; row < end; row++) matrix.fill(0, row * n + start, row * n + end);
        for (let row = 0; row < end; row += 4)
            addRow(workspace, matrix, n, panel, row, panel, row, 0, row + 1, end - start, 1);
    }
}

/**
 * Adds sign · left · rightᵀ to four rows of the target and to its columns from `from` to `to`, in whole tiles.
 * `leftRow` is the row of the left panel. The first row of the right panel belongs to column `from`.
 */
function addRow(
    workspace: Workspace,
    target: Float64Array,
    n: number,
    left: Packed,
    leftRow: number,
    right: Packed,
    row: number,
    from: number,
    to: number,
    depth: number,
    sign: 1 | -1,
): void {
    const at = row * n + from;
    const leftAt = leftRow * PANEL;
    const tiles = Math.ceil((to - from) / 4);
    workspace.addDoubles({ target, at, stride: n, left, leftAt, right, depth, capacity: PANEL, tiles, sign });
}

/** Packs columns `from` to `to` of the rows from `to` on, which are below the diagonal. */
function pack(packed: Packed, matrix: Float64Array, n: number, from: number, to: number): void {
    for (let row = to; row < n; row++) {
        let at = packedAt(row - to);
        for (let column = from; column < to; column++, at += 4) packed[at] = matrix[row * n + column] as number;
    }
}

/** Packs rows like `pack`, up to `rowTo`, with zeros below the diagonal. */
function packUpper(packed: Packed, matrix: Float64Array, n: number, rowTo: number, from: number, to: number): void {
    packed.fill(0, 0, rowTo * PANEL);
    for (let row = 0; row < rowTo; row++) {
        const first = Math.max(from, row);
        let at = packedAt(row) + (first - from) * 4;
        for (let column = first; column < to; column++, at += 4) packed[at] = matrix[row * n + column] as number;
    }
}

function packedAt(row: number): number {
    return (row - (row % 4)) * PANEL + (row % 4);
}

/** Returns the scalar product of the columns \`from\` to \`to\` of two rows, which start at \`a\` and \`b\`. */
function dot(matrix: Float64Array, a: number, b: number, from: number, to: number): number {
    let sum = 0;
    for (let k = from; k < to; k++) sum += (matrix[a + k] as number) * (matrix[b + k] as number);
    return sum;
}
