import type { WriteBytes } from "./files.ts";

/** Two buffers for output: one is filled while the other is written. */
export interface OutputBuffers {
    /** Calls `use` with a buffer of at least `size` bytes; it returns the length to write, which is the result. */
    fill(size: number, use: (out: Buffer) => number): Promise<number>;
    /** Resolves after all is written. */
    end(): Promise<void>;
}

export function createOutputBuffers(write: WriteBytes): OutputBuffers {
    let [free, busy] = [Buffer.alloc(0), Buffer.alloc(0)];
    let written = Promise.resolve();
    const fill = async (size: number, use: (out: Buffer) => number): Promise<number> => {
        if (free.length < size) free = Buffer.alloc(size);
        const bytes = free.subarray(0, use(free));
        await written;
        [free, busy] = [busy, free];
        written = write(bytes);
        // The next call gets the error.
        written.catch(() => undefined);
        return bytes.length;
    };
    return { fill, end: () => written };
}
