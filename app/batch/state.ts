/** A generation of lists: the lists of one batch inference job, which the API begins to serve at the same moment. */
export interface Generation {
    /** Counts up from 1. A generation that was abandoned keeps its number. */
    readonly generation: number;
    readonly jobName: string;
    readonly solutionVersionArn: string;
    /** The version that `pulumi up` or a hold requested when the generation began. */
    readonly request: string;
    /** Start of the job in epoch milliseconds. */
    readonly madeAt: number;
    /** Number of viewers in the job's input. */
    readonly users: number;
    /** Number of viewers with a new list, and with a list of the generation before, because the job returned none. */
    readonly lists: number;
    readonly kept: number;
    /** The first messages of the output's error lines. */
    readonly errors: readonly string[];
}

/** The work on a generation, in this order. Each phase can be repeated. */
export type Phase = "create" | "run" | "keep" | "load" | "switch";

/** The generation that is being made. */
export interface Making extends Generation {
    readonly phase: Phase;
    /** Position in the phase: of viewers without a new list (`keep`), or of the output's bytes (`load`). */
    readonly cursor: number;
}

/** A generation whose lists must expire, with the number of viewers that are done. */
interface Leaving extends Pick<Generation, "generation" | "jobName"> {
    readonly cursor: number;
}

/** A failure since the newest generation became live. */
export interface Failure {
    readonly text: string;
    /** Number of failures in a row. */
    readonly count: number;
    /** Time of the next job in epoch milliseconds; the present generation continues before. */
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
    /** US dollars of this month's jobs, at the upper end of the prices. */
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
