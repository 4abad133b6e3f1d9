/** The part of WebAssembly's JavaScript API that kernel.ts uses: TypeScript has it for browsers only. */
declare namespace WebAssembly {
    class Memory {
        constructor(size: { initial: number });
        readonly buffer: ArrayBuffer;
    }
    class Module {
        constructor(bytes: Uint8Array);
    }
    class Instance {
        constructor(module: Module, imports: Record<string, Record<string, unknown>>);
        readonly exports: Record<string, unknown>;
    }
}
