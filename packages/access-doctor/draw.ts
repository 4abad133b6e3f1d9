import { visible } from "terminal-text";
import type { Diagnosis } from "./diagnose.ts";
import { type Again, createHeadline, type Headline } from "./headline.ts";
import type { Finding, Link } from "./link.ts";
import type { Snapshot } from "./snapshot.ts";

const symbols = { ok: "●", broken: "✗", warning: "!", unknown: "?" } as const;

/**
 * Formats the diagnosis as text: cause, instructions, links, and what the fix adds. Removes control characters of a
 * terminal.
 * @param verbose whether to print every link (condition for the import), the evidence and the complete commands
 */
export function draw(diagnosis: Diagnosis, snapshot: Snapshot, again: Again, verbose = false): string {
    const { bucket, key = "", roleArn, region, planned } = snapshot;
    const notYet = `Not deployed yet: no import of stack ${planned} is recorded. This is the planned one.`;
    const lines = [
        ...drawHeadline(createHeadline(diagnosis, snapshot, again)),
        "",
        ...(planned === undefined ? [] : [notYet, ""]),
        `s3://${bucket}/${key} by ${roleArn}, in ${region}`,
        ...chain(diagnosis, verbose),
        ...diagnosis.fixes.flatMap((fix) => drawFix(fix, verbose)),
    ];
    return lines.map(visible).join("\n");
}

/** Formats the first lines: the cause, and a line for each instruction. */
export const drawHeadline = ({ cause, todo }: Headline): string[] =>
    [cause, ...todo.map(({ label, text }) => `${label}: ${text}`)].map(visible);

/**
 * Formats the checked links of the access chain, one after the other. Consecutive links share one line if all of them
 * passed, or if none of them could be checked, for the same reason.
 */
function chain(diagnosis: Diagnosis, verbose: boolean): string[] {
    const runs: Link[][] = [];
    for (const link of diagnosis.links) {
        const last = runs.at(-1)?.[0];
        const isSame = last?.verdict === link.verdict && (link.verdict === "ok" || last.detail === link.detail);
        if (!verbose && isSame && link.findings.length === 0) runs.at(-1)?.push(link);
        else runs.push([link]);
    }
    const broken = runs.findIndex(([link]) => link?.link === diagnosis.firstBroken?.link);
    return runs.flatMap((run, index) => {
        const wire = index === 0 ? [] : [broken >= 0 && index > broken ? "  ┆" : "  │"];
        return [...wire, ...(index === broken ? brokenLink(run[0] as Link, verbose) : linkLines(run, verbose))];
    });
}

/** Formats the first broken link without the sentence of its first finding, which the headline already contains. */
function brokenLink({ link, findings: [first, ...more] }: Link, verbose: boolean): string[] {
    const line = `  ${symbols.broken}  ${link}   ◀ first broken link`;
    return [line, ...(first ? evidenceOf(first, verbose) : []), ...more.flatMap((each) => findingLines(each, verbose))];
}

function linkLines(run: readonly Link[], verbose: boolean): string[] {
    const [{ verdict, findings, link, detail }] = run as [Link];
    if (run.length > 1) {
        const what = verdict === "ok" ? "links hold" : "links could not be checked";
        const names = run.map((each) => each.link).join(", ");
        return [`  ${symbols[verdict]}  ${run.length} ${what}: ${names}${verdict === "ok" ? "" : `: ${detail}`}`];
    }
    const [only, ...more] = findings;
    return [
        `  ${symbols[verdict]}  ${link}: ${only?.sentence ?? detail}`,
        ...(only ? evidenceOf(only, verbose) : []),
        ...more.flatMap((finding) => findingLines(finding, verbose)),
    ];
}

const evidenceOf = ({ evidence }: Finding, verbose: boolean) =>
    verbose ? evidence.map((line) => `       ${line}`) : [];
const findingLines = (finding: Finding, verbose: boolean) => [
    `  ${symbols[finding.verdict]}  ${finding.sentence}`,
    ...evidenceOf(finding, verbose),
];

/** Describes what a fix would add; with `verbose`, also the commands. */
function drawFix({ faults, commands, adds }: Diagnosis["fixes"][number], verbose: boolean): string[] {
    if (adds.length === 0) return [];
    const added = adds.map((statement) => `    ${JSON.stringify(statement)}`);
    const by = verbose ? ["  by", ...commands.map((line) => `    ${line}`)] : [];
    return ["", `  ${faults.join(", ")}: the fix adds`, ...added, ...by];
}
