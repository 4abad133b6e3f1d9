import type { Diagnosis } from "./diagnose.ts";
import { type Again, type Headline, headlineOf, shownLinks } from "./headline.ts";
import type { Finding, Link } from "./link.ts";
import type { Snapshot } from "./snapshot.ts";
import { visible, wrap, wrapCommand } from "./text.ts";

const symbols = { ok: "●", broken: "✗", warning: "!", unknown: "?" } as const;

export interface DrawOptions {
    /** Adds every link, the evidence and the commands. */
    readonly verbose?: boolean | undefined;
    /** Whether a person reads it on a terminal. In a pipe, the cause and each thing to do stay one line. */
    readonly isTerminal?: boolean | undefined;
}

/**
 * The diagnosis as text: the cause, what to do, the chain, and what the fix adds. No line has a character that a terminal
 * would obey.
 */
export function draw(diagnosis: Diagnosis, snapshot: Snapshot, again: Again, options: DrawOptions = {}): string {
    const { verbose = false, isTerminal = false } = options;
    const { bucket, key = "", roleArn, region, planned } = snapshot;
    const notYet = `Not deployed yet: no import of stack ${planned} is recorded. This is the planned one.`;
    return [
        ...drawHeadline(headlineOf(diagnosis, snapshot, again), isTerminal),
        "",
        ...(planned === undefined ? [] : [...text(notYet), ""]),
        ...text(`s3://${bucket}/${key} by ${roleArn}, in ${region}`, "  "),
        ...chain(diagnosis, verbose),
        ...(verbose ? judges(diagnosis) : []),
        ...diagnosis.fixes.flatMap((fix) => drawFix(fix, verbose)),
    ].join("\n");
}

/** One text of a line or more, with nothing that a terminal obeys. */
const text = (line: string, indent = "    ") => wrap(visible(line), indent);

/** The first lines: a cause, and a line for each thing to do. */
export function drawHeadline({ cause, todo }: Headline, isTerminal: boolean): string[] {
    const lines = [cause, ...todo.map(({ label, text: what }) => `${label}: ${what}`)].map(visible);
    return isTerminal
        ? lines.flatMap((line, index) => (todo[index - 1]?.isCommand ? wrapCommand(line, "    ") : wrap(line, "    ")))
        : lines;
}

/** The links in order. Neighbours that hold, or that one reason keeps from being checked, are one line. */
function chain(diagnosis: Diagnosis, verbose: boolean): string[] {
    const runs: Link[][] = [];
    for (const link of verbose ? diagnosis.links : shownLinks(diagnosis)) {
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

const shown = (symbol: string, line: string) => text(`  ${symbol}  ${line}`, "     ");
const evidenceOf = ({ evidence }: Finding) => evidence.flatMap((line) => text(`       ${line}`, "         "));

/** The first broken link: the headline has the sentence of its first finding. */
function brokenLink({ link, findings }: Link, verbose: boolean): string[] {
    const [first, ...more] = findings;
    return [
        `  ${symbols.broken}  ${link}   ◀ first broken link`,
        ...(verbose && first ? evidenceOf(first) : []),
        ...more.flatMap((finding) => findingLines(finding, verbose)),
    ];
}

function linkLines(run: readonly Link[], verbose: boolean): string[] {
    const [first] = run as [Link];
    const { verdict, findings, link, detail } = first;
    const names = run.map((each) => each.link).join(", ");
    if (run.length > 1) {
        const what = verdict === "ok" ? "links hold" : "links could not be checked";
        return shown(symbols[verdict], `${run.length} ${what}: ${names}${verdict === "ok" ? "" : `: ${detail}`}`);
    }
    const [only, ...more] = findings;
    return [
        ...shown(symbols[verdict], `${link}: ${only?.sentence ?? detail}`),
        ...(verbose && only ? evidenceOf(only) : []),
        ...more.flatMap((finding) => findingLines(finding, verbose)),
    ];
}

const findingLines = (finding: Finding, verbose: boolean) => [
    ...shown(symbols[finding.verdict], finding.sentence),
    ...(verbose ? evidenceOf(finding) : []),
];

function judges({ links }: Diagnosis): string[] {
    const by = new Map<string, string[]>();
    for (const { judge, link } of links) {
        by.set(judge, [...(by.get(judge) ?? []), link]);
    }
    return ["", "Judged", ...[...by].flatMap(([judge, judged]) => text(`  by ${judge}: ${judged.join("; ")}`))];
}

/** What a fix adds, before it runs; with `verbose` its commands, which stay whole: a person copies them. */
function drawFix({ faults, commands, program, adds, undo }: Diagnosis["fixes"][number], verbose: boolean): string[] {
    const added = adds.flatMap((statement) => text(`    ${JSON.stringify(statement)}`, "      "));
    const whole = (title: string, lines: readonly string[]) =>
        verbose && lines.length > 0 ? [title, ...lines.map((line) => `    ${visible(line)}`)] : [];
    const restore = program === "" || commands.length === 0 ? [] : text(`  or restore it: ${program}`);
    const lines = [
        ...(added.length > 0 ? [`  ${faults.join(", ")}: the fix adds`, ...added] : []),
        ...restore,
        ...whole("  by", commands),
        ...whole("  and is undone by", undo),
    ];
    return lines.length > 0 ? ["", ...lines] : [];
}
