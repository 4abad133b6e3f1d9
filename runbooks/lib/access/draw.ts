import { visible } from "../../../data-prep/visible.ts";
import { columns, wrap, wrapCommand } from "../cli/wrap.ts";
import type { Diagnosis } from "./diagnose.ts";
import { faults } from "./faults.ts";
import { brief, type Headline, headlineOf, shownLinks } from "./headline.ts";
import type { Finding, Link } from "./link.ts";
import type { Snapshot } from "./snapshot.ts";

const symbols = { ok: "●", broken: "✗", warning: "!", unknown: "?" } as const;
const mark = "   ◀ first broken link";

export interface DrawOptions {
    /** Adds every link, the evidence and the commands. */
    readonly verbose?: boolean | undefined;
    /** Whether a person reads it on a terminal. In a pipe, the cause and each thing to do stay one line. */
    readonly isTerminal?: boolean | undefined;
}

/**
 * The diagnosis as text: cause and fix, the chain folded where it holds, and the findings. No line has a character that
 * a terminal would obey.
 */
export function draw(diagnosis: Diagnosis, snapshot: Snapshot, again: string, options: DrawOptions = {}): string {
    const { verbose = false, isTerminal = false } = options;
    const { bucket, key = "", roleArn, region, planned } = snapshot;
    const notYet = `Not deployed yet: no import of stack ${planned} is recorded. This is the planned one; pulumi up starts it.`;
    return [
        ...drawHeadline(headlineOf(diagnosis, snapshot, again), isTerminal),
        "",
        ...(planned === undefined ? [] : [...text(notYet), ""]),
        ...text(`s3://${bucket}/${key} by ${roleArn}, in ${region}`, "  "),
        ...(verbose ? everyLink(diagnosis) : foldedChain(diagnosis)),
        ...(verbose ? judges(diagnosis) : unreadReasons(diagnosis)),
        ...diagnosis.findings.flatMap((finding, index) =>
            verbose || !isSymptom(diagnosis, finding) ? drawFinding(finding, verbose, isCause(diagnosis, index)) : [],
        ),
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

function foldedChain(diagnosis: Diagnosis): string[] {
    const runs: Link[][] = [];
    for (const link of shownLinks(diagnosis)) {
        const last = runs.at(-1);
        const folds = (link.verdict === "ok" || link.verdict === "unknown") && last?.[0]?.verdict === link.verdict;
        if (folds) last.push(link);
        else runs.push([link]);
    }
    const singles = runs.filter((run) => run.length === 1).map(([link]) => link?.link.length ?? 0);
    const longest = Math.max(0, ...singles);
    const broken = runs.findIndex(([link]) => link === diagnosis.firstBroken);
    return runs.flatMap((run, index) => {
        const [link] = run as [Link];
        const wire = index === 0 ? [] : [broken >= 0 && index > broken ? "  ┆" : "  │"];
        if (run.length === 1) return [...wire, ...linkLine(link, longest, link === diagnosis.firstBroken)];
        const what = link.verdict === "ok" ? "links hold" : "links could not be checked";
        const names = run.map((each) => each.link).join(", ");
        return [...wire, ...text(`  ${symbols[link.verdict]}  ${run.length} ${what}: ${names}`, "     ")];
    });
}

function linkLine({ link, verdict, detail }: Link, longest: number, isFirst: boolean): string[] {
    const shown = visible(detail);
    // The findings have the whole sentence.
    const room = columns - longest - 7 - mark.length;
    const cut = shown.length > room ? `${shown.slice(0, room - 1)}…` : shown;
    return [`  ${symbols[verdict]}  ${link.padEnd(longest)}  ${cut}${isFirst ? mark : ""}`];
}

function unreadReasons(diagnosis: Diagnosis): string[] {
    const reasons = new Map<string, string[]>();
    for (const { verdict, detail, link } of shownLinks(diagnosis)) {
        if (verdict === "unknown") reasons.set(detail, [...(reasons.get(detail) ?? []), link]);
    }
    return [...reasons].flatMap(([reason, links], index) => [
        ...(index === 0 ? [""] : []),
        ...text(`? ${links.join(", ")}: ${reason}`),
    ]);
}

function everyLink(diagnosis: Diagnosis): string[] {
    const { links, firstBroken } = diagnosis;
    const broken = links.findIndex(({ link }) => link === firstBroken?.link);
    return links.flatMap((link, index) => {
        const wire = index === 0 ? [] : [broken >= 0 && index > broken ? "  ┆" : "  │"];
        const here = link === firstBroken ? mark : "";
        return [...wire, ...text(`  ${symbols[link.verdict]}  ${link.link}: ${link.detail}${here}`, "     ")];
    });
}

function judges({ links }: Diagnosis): string[] {
    const by = new Map<string, string[]>();
    for (const { judge, link } of links) {
        by.set(judge, [...(by.get(judge) ?? []), link]);
    }
    return ["", "Judged", ...[...by].flatMap(([judge, judged]) => text(`  by ${judge}: ${judged.join("; ")}`))];
}

/** Whether a finding only repeats that the job failed, which the chain shows. */
const isSymptom = ({ verdict }: Diagnosis, { fault }: Finding) => verdict === "broken" && fault === "job-other-reason";

/** Whether a finding is the cause, whose sentence is the first line. */
const isCause = ({ verdict }: Diagnosis, index: number) => index === 0 && verdict === "broken";

function drawFinding({ fault, verdict, sentence, evidence }: Finding, verbose: boolean, isFirst: boolean): string[] {
    return [
        "",
        ...text(
            `${symbols[verdict]} ${fault}: ${isFirst ? `${faults[fault]}.` : verbose ? sentence : brief(sentence)}`,
        ),
        ...(verbose ? evidence.flatMap((line) => text(`    ${line}`, "      ")) : []),
    ];
}

function drawFix(fix: Diagnosis["fixes"][number], verbose: boolean): string[] {
    const { faults, program, commands, location, roleArn, ask, allows = [], undo = [] } = fix;
    const count = `${commands.length} ${commands.length === 1 ? "command" : "commands"}: --verbose shows, --write DIR saves`;
    const listed = (title: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : [title, ...lines.flatMap((line) => text(`    ${line}`, "      "))];
    // Commands stay whole: a person copies them.
    const whole = (title: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : [title, ...lines.map((line) => `    ${visible(line)}`)];
    return [
        "",
        ...text(`→ ${faults.join(", ")}`),
        ...(program === "" ? [] : text(`  in this program: ${program}`)),
        ...(ask === undefined ? [] : text(`  ask ${ask}`)),
        ...(verbose
            ? whole("  with the AWS CLI:", commands)
            : commands.length > 0
              ? [`  with the AWS CLI: ${count}`]
              : []),
        ...(location === undefined ? [] : text(`  and import from ${location}`)),
        ...(roleArn === undefined ? [] : text(`  and import by ${roleArn}`)),
        ...listed("  it allows:", allows),
        ...(verbose ? whole("  to undo it:", undo) : []),
    ];
}
