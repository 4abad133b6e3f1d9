/** The scalar product of two vectors of equal length. */
export function dot(a: Float32Array, b: Float32Array): number {
    let sum = 0;
    for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
    return sum;
}

/** The length of a vector; of a matrix, its Frobenius norm. */
export const normOf = (values: Float32Array): number => Math.sqrt(dot(values, values));
