/** A generation of lists: the lists of one batch inference job, which the API begins to serve at the same moment. */
export interface Generation {
    /** Number of the generation, counted from 1. The number of an abandoned generation is not used again. */
    readonly generation: number;
    readonly jobName: string;
    readonly solutionVersionArn: string;
    /**
     * The version that the stack requested when the generation began: the version of `pulumi up`, or the version at
     * which an operator held the stack (the state flag `hold`).
     */
    readonly request: string;
    /** Start of the job in epoch milliseconds. */
    readonly madeAt: number;
    /** Number of viewers in the job's input. */
    readonly users: number;
    /**
     * Number of viewers with a new list (`lists`), and of viewers for whom the job returned none, so that their
     * previous list was copied (`kept`).
     */
    readonly lists: number;
    readonly kept: number;
    /** The first messages of the output's error lines. */
    readonly errors: readonly string[];
}

/** The phases of the work on a generation, in their order. Each phase can be repeated. */
export type Phase = "create" | "run" | "keep" | "load" | "switch";

/** The generation that is being made. */
export interface Making extends Generation {
    readonly phase: Phase;
    /**
     * Progress of the phase: the number of viewers without a new list whose previous list is copied (`keep`), or the
     * position in the job's output in bytes (`load`).
     */
    readonly cursor: number;
}

/**
 * A generation whose lists must expire. `cursor` is the number of viewers whose lists already have a time of expiry.
 */
interface Leaving extends Pick<Generation, "generation" | "jobName"> {
    readonly cursor: number;
}

/** A failure since the newest generation became live. */
export interface Failure {
    readonly text: string;
    /** Number of failures in a row. */
    readonly count: number;
    /** Time of the next job in epoch milliseconds. Until then, the API serves the present generation. */
    readonly retryAt: number;
    readonly request: string;
}

/** Everything that the function remembers between two runs. */
export interface BatchState {
    readonly lastGeneration: number;
    readonly live?: Generation;
    readonly making?: Making;
    readonly leaving: readonly Leaving[];
    readonly failure?: Failure;
    /** The spend on this month's batch inference jobs in US dollars, calculated with the highest price. */
    readonly spent: { readonly month: string; readonly usd: number };
}

export const firstState: BatchState = { lastGeneration: 0, leaving: [], spent: { month: "", usd: 0 } };

/** Returns the state without the generation that is being made. */
export function withoutMaking({ making: _, ...state }: BatchState): BatchState {
    return state;
}

/** Returns the state without a failure. */
export function withoutFailure({ failure: _, ...state }: BatchState): BatchState {
    return state;
}
