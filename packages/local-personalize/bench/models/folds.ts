/**
 * Returns the folds of a cross-validation as `numpy.array_split(RandomState(seed).permutation(count), parts)` makes
 * them. Figures are therefore comparable with those of Python. Each fold contains some of the numbers 0 to count - 1.
 */
export function createFolds(count: number, parts: number, seed: number): number[][] {
    const next = mersenneTwister(seed);
    const order = Array.from({ length: count }, (_, number) => number);
    for (let last = count - 1; last > 0; last--) {
        const other = below(last, next);
        const [a, b] = [order[last] as number, order[other] as number];
        order[last] = b;
        order[other] = a;
    }
    const [size, longer] = [Math.floor(count / parts), count % parts];
    let at = 0;
    return Array.from({ length: parts }, (_, part) => {
        const from = at;
        at += size + (part < longer ? 1 : 0);
        return order.slice(from, at);
    });
}

/** Returns a whole number from 0 to `largest`, by numpy's masked rejection. */
function below(largest: number, next: () => number): number {
    const mask = 2 ** Math.ceil(Math.log2(largest + 1)) - 1;
    for (;;) {
        const value = (next() & mask) >>> 0;
        if (value <= largest) return value;
    }
}

/** Returns a generator of 32-bit whole numbers (MT19937, Matsumoto and Nishimura, 1998). */
function mersenneTwister(seed: number): () => number {
    const [length, shift] = [624, 397];
    const state = new Uint32Array(length);
    state[0] = seed;
    for (let at = 1; at < length; at++) {
        const before = state[at - 1] as number;
        state[at] = Math.imul(1812433253, before ^ (before >>> 30)) + at;
    }
    let at = length;
    const twist = () => {
        for (let k = 0; k < length; k++) {
            const y = ((state[k] as number) & 0x80000000) | ((state[(k + 1) % length] as number) & 0x7fffffff);
            state[k] = (state[(k + shift) % length] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        at = 0;
    };
    return () => {
        if (at === length) twist();
        let y = state[at++] as number;
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        y ^= y >>> 18;
        return y >>> 0;
    };
}
