/** The result of the last multiplyTile, row by row. */
export const tile = new Float64Array(16);

/**
 * tile = left · rightᵀ over `width` columns. Both operands are packed: the four rows of a tile side by side, column after
 * column. The sums stay in registers.
 */
export function multiplyTile(
    left: Float64Array,
    leftAt: number,
    right: Float64Array,
    rightAt: number,
    width: number,
): void {
    let s00 = 0,
        s01 = 0,
        s02 = 0,
        s03 = 0;
    let s10 = 0,
        s11 = 0,
        s12 = 0,
        s13 = 0;
    let s20 = 0,
        s21 = 0,
        s22 = 0,
        s23 = 0;
    let s30 = 0,
        s31 = 0,
        s32 = 0,
        s33 = 0;
    for (let k = 0; k < width * 4; k += 4) {
        const b0 = right[rightAt + k] as number;
        const b1 = right[rightAt + k + 1] as number;
        const b2 = right[rightAt + k + 2] as number;
        const b3 = right[rightAt + k + 3] as number;
        let a = left[leftAt + k] as number;
        s00 += a * b0;
        s01 += a * b1;
        s02 += a * b2;
        s03 += a * b3;
        a = left[leftAt + k + 1] as number;
        s10 += a * b0;
        s11 += a * b1;
        s12 += a * b2;
        s13 += a * b3;
        a = left[leftAt + k + 2] as number;
        s20 += a * b0;
        s21 += a * b1;
        s22 += a * b2;
        s23 += a * b3;
        a = left[leftAt + k + 3] as number;
        s30 += a * b0;
        s31 += a * b1;
        s32 += a * b2;
        s33 += a * b3;
    }
    tile[0] = s00;
    tile[1] = s01;
    tile[2] = s02;
    tile[3] = s03;
    tile[4] = s10;
    tile[5] = s11;
    tile[6] = s12;
    tile[7] = s13;
    tile[8] = s20;
    tile[9] = s21;
    tile[10] = s22;
    tile[11] = s23;
    tile[12] = s30;
    tile[13] = s31;
    tile[14] = s32;
    tile[15] = s33;
}
