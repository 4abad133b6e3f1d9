/** Reports what a run does: its phase, and how much of it is done. Without `total`, `done` is a number of rows. */
export type Progress = (phase: string, done?: number, total?: number) => void;

/** Milliseconds after which a run tells what it does, and between two messages of one phase. */
const quietFor = 2000;

/**
 * Creates the progress of a run. A run that takes longer than two seconds logs each phase at its start, and every two
 * seconds how far the phase is. Phases report by themselves, because a timer would wait for their loops.
 */
export function createProgress(log: (line: string) => void): Progress {
    const loud = Date.now() + quietFor;
    let [current, next] = ["", loud];
    return (phase, done, total) => {
        const now = Date.now();
        if (now < loud || (phase === current && now < next)) return;
        [current, next] = [phase, now + quietFor];
        const rows = done === undefined ? "" : ` ${done.toLocaleString("en-US")} rows`;
        log(`  ${phase}${done === undefined || total === undefined ? rows : ` ${Math.floor((100 * done) / total)} %`}`);
    };
}
