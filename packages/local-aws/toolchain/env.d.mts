/** The Pulumi engine that this clone uses, as the bootstrap chose it. */
export interface Engine {
    /** Where it comes from, in the order in which the bootstrap searches. */
    readonly source: "PATH" | "official installer" | "Go modules";
    /** For example `3.274.1`. */
    readonly version: string;
    /** The executable. */
    readonly path: string;
}

/** The paths of a clone's tools; a path may be named before the bootstrap has created it. */
export interface Toolchain {
    readonly toolsDir: string;
    /** Holds `pulumi` and its language host, unless the engine's source is `PATH`. */
    readonly toolsBin: string;
    /** The Python that has MiniStack (and, after level `test`, boto3 and pandas). Run modules as `python -m`. */
    readonly python: string;
    /** The project's own Node. */
    readonly node: string;
    /** Undefined until the bootstrap has run at level `engine` or above. */
    readonly engine: Engine | undefined;
}

/** The paths of the tools of the clone at `root`. Reads one small file, starts nothing, throws nothing. */
export function toolchain(root: string): Toolchain;
