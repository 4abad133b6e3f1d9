import { multiplyTile, tile } from "./tiles.ts";

/**
 * The inverse of a symmetric positive definite matrix with up to some thousand rows. JavaScript libraries are 20 to 80
 * times slower. All work uses the kernel of tiles.ts, over panels that are packed so that it reads memory in order.
 * Three steps, all in the one matrix: A = L Lᵀ; U = (L⁻¹)ᵀ into the upper triangle; A⁻¹ = U Uᵀ into the lower one.
 */

/** Columns of a panel; a multiple of 4. Panels of n × 32 doubles fit into the second-level cache for n = 1,682. */
const PANEL = 32;

/** A panel of rows, packed: the four rows of a tile side by side, column after column. */
type Packed = Float64Array;

/**
 * Replaces a symmetric positive definite n × n matrix (row by row; only its lower triangle is read) by its inverse.
 * Deterministic: equal matrices give equal bytes. Throws a RangeError when the matrix is not positive definite; the
 * matrix is then unusable.
 */
export function invertPositiveDefinite(matrix: Float64Array, n: number): void {
    const left = new Float64Array(packedLength(n));
    const right = new Float64Array(packedLength(n));
    factor(matrix, n, left);
    invertFactor(matrix, n, left, right);
    multiplyByTranspose(matrix, n, left);
    for (let row = 0; row < n; row++) {
        for (let column = row + 1; column < n; column++) matrix[row * n + column] = matrix[column * n + row] as number;
    }
}

/** The lower triangle becomes L. The values above the diagonal have no meaning afterwards. */
function factor(matrix: Float64Array, n: number, panel: Packed): void {
    for (let start = 0; start < n; start += PANEL) {
        const end = Math.min(start + PANEL, n);
        for (let column = start; column < end; column++) {
            const pivot =
                (matrix[column * n + column] as number) - dot(matrix, column * n, matrix, column * n, start, column);
            if (!(pivot > 0)) throw new RangeError("The matrix is not positive definite.");
            const diagonal = Math.sqrt(pivot);
            matrix[column * n + column] = diagonal;
            for (let row = column + 1; row < n; row++) {
                const at = row * n + column;
                matrix[at] =
                    ((matrix[at] as number) - dot(matrix, row * n, matrix, column * n, start, column)) / diagonal;
            }
        }
        pack(panel, matrix, n, end, n, start, end);
        for (let row = end; row < n; row += 4)
            addTiles(matrix, n, panel, end, row, panel, end, end, row + 1, end - start, -1);
    }
}

/** Solves U from L: U[j][i] = -U[i][i] · Σ (k from j to i-1) L[i][k] U[j][k]. The diagonal is that of U from here. */
function invertFactor(matrix: Float64Array, n: number, lower: Packed, upper: Packed): void {
    for (let row = 0; row < n; row++) matrix.fill(0, row * n + row + 1, row * n + n);
    for (let start = 0; start < n; start += PANEL) {
        const end = Math.min(start + PANEL, n);
        for (let column = start; column < end; column++) {
            const diagonal = 1 / (matrix[column * n + column] as number);
            matrix[column * n + column] = diagonal;
            for (let row = 0; row < column; row++) {
                const at = row * n + column;
                const inPanel = dot(matrix, column * n, matrix, row * n, Math.max(start, row), column);
                matrix[at] = -diagonal * ((matrix[at] as number) + inPanel);
            }
        }
        pack(lower, matrix, n, end, n, start, end);
        packUpper(upper, matrix, n, end, start, end);
        for (let row = 0; row < end; row += 4) addTiles(matrix, n, upper, 0, row, lower, end, end, n, end - start, 1);
    }
}

/** The lower triangle becomes U Uᵀ, panel by panel; a packed panel of U is not needed again. */
function multiplyByTranspose(matrix: Float64Array, n: number, panel: Packed): void {
    for (let row = 1; row < n; row++) matrix.fill(0, row * n, row * n + row);
    for (let start = 0; start < n; start += PANEL) {
        const end = Math.min(start + PANEL, n);
        packUpper(panel, matrix, n, end, start, end);
        for (let row = start; row < end; row++) matrix.fill(0, row * n + start, row * n + end);
        for (let row = 0; row < end; row += 4) addTiles(matrix, n, panel, 0, row, panel, 0, 0, row + 1, end - start, 1);
    }
}

/**
 * Adds sign · left · rightᵀ to the four rows of the target from `row`, and to its columns from `columnFrom` to
 * `columnTo`, in whole tiles. `leftFirst` and `rightFirst` are the first row and column of the packed panels in the
 * target.
 */
function addTiles(
    target: Float64Array,
    n: number,
    left: Packed,
    leftFirst: number,
    row: number,
    right: Packed,
    rightFirst: number,
    columnFrom: number,
    columnTo: number,
    width: number,
    sign: 1 | -1,
): void {
    const rows = Math.min(4, n - row);
    for (let column = columnFrom; column < columnTo; column += 4) {
        multiplyTile(left, (row - leftFirst) * PANEL, right, (column - rightFirst) * PANEL, width);
        const columns = Math.min(4, n - column);
        for (let r = 0; r < rows; r++) {
            const at = (row + r) * n + column;
            for (let c = 0; c < columns; c++) {
                target[at + c] = (target[at + c] as number) + sign * (tile[r * 4 + c] as number);
            }
        }
    }
}

/** Packs columns `from` to `to` of the rows `rowFrom` to `rowTo`; an incomplete last tile ends in zero rows. */
function pack(
    packed: Packed,
    matrix: Float64Array,
    n: number,
    rowFrom: number,
    rowTo: number,
    from: number,
    to: number,
): void {
    packed.fill(0, 0, packedLength(rowTo - rowFrom));
    for (let row = rowFrom; row < rowTo; row++) {
        let at = packedAt(row - rowFrom);
        for (let column = from; column < to; column++, at += 4) packed[at] = matrix[row * n + column] as number;
    }
}

/** Like pack, for the rows up to `rowTo`, with zeros below the diagonal. */
function packUpper(packed: Packed, matrix: Float64Array, n: number, rowTo: number, from: number, to: number): void {
    packed.fill(0, 0, packedLength(rowTo));
    for (let row = 0; row < rowTo; row++) {
        const first = Math.max(from, row);
        let at = packedAt(row) + (first - from) * 4;
        for (let column = first; column < to; column++, at += 4) packed[at] = matrix[row * n + column] as number;
    }
}

function packedLength(rows: number): number {
    return Math.ceil(rows / 4) * 4 * PANEL;
}

function packedAt(row: number): number {
    return (row - (row % 4)) * PANEL + (row % 4);
}

function dot(a: Float64Array, aRow: number, b: Float64Array, bRow: number, from: number, to: number): number {
    let sum = 0;
    for (let k = from; k < to; k++) sum += (a[aRow + k] as number) * (b[bRow + k] as number);
    return sum;
}
