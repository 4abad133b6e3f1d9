import { visible } from "terminal-text";
import type { Diagnosis } from "./diagnose.ts";
import { type Again, createHeadline, type Headline, shownLinks } from "./headline.ts";
import type { Finding, Link } from "./link.ts";
import type { Snapshot } from "./snapshot.ts";

const symbols = { ok: "●", broken: "✗", warning: "!", unknown: "?" } as const;

export interface DrawOptions {
    /** Whether to print every link (condition for the import), the evidence and the complete commands. */
    readonly verbose?: boolean | undefined;
    /** Width of the terminal; undefined in a pipe. Without a width, the cause and each instruction stay on one line. */
    readonly columns?: number | undefined;
}

/**
 * A text to print. With `indent`, the text is wrapped, and each line after the first begins with `indent`. Without
 * `indent`, the text stays on one line.
 */
interface Text {
    readonly line: string;
    readonly indent?: string;
}

/**
 * Formats the diagnosis as text: cause, instructions, links, and what the fix adds. Removes control characters of a
 * terminal.
 */
export function draw(diagnosis: Diagnosis, snapshot: Snapshot, again: Again, options: DrawOptions = {}): string {
    const { verbose = false, columns } = options;
    const { bucket, key = "", roleArn, region, planned } = snapshot;
    const notYet = `Not deployed yet: no import of stack ${planned} is recorded. This is the planned one.`;
    const texts = [
        empty,
        ...(planned === undefined ? [] : [text(notYet), empty]),
        text(`s3://${bucket}/${key} by ${roleArn}, in ${region}`, "  "),
        ...chain(diagnosis, verbose),
        ...diagnosis.fixes.flatMap((fix) => drawFix(fix, verbose)),
    ];
    const wrapped = texts.flatMap(({ line, indent }) =>
        indent === undefined ? [visible(line)] : wrap(visible(line), indent, columns ?? defaultColumns),
    );
    return [...drawHeadline(createHeadline(diagnosis, snapshot, again), columns), ...wrapped].join("\n");
}

const text = (line: string, indent = "    "): Text => ({ line, indent });
const empty: Text = { line: "" };

/** Formats the first lines: the cause, and a line for each instruction, wrapped at the given number of columns. */
export function drawHeadline({ cause, todo }: Headline, columns: number | undefined): string[] {
    const lines = [cause, ...todo.map(({ label, text: what }) => `${label}: ${what}`)].map(visible);
    if (columns === undefined) return lines;
    return lines.flatMap((line, index) =>
        todo[index - 1]?.isCommand ? wrapCommand(line, "    ", columns) : wrap(line, "    ", columns),
    );
}

/**
 * Formats the checked links of the access chain, one after the other. Consecutive links share one line if all of them
 * passed, or if none of them could be checked, for the same reason.
 */
function chain(diagnosis: Diagnosis, verbose: boolean): Text[] {
    const runs: Link[][] = [];
    for (const link of verbose ? diagnosis.links : shownLinks(diagnosis)) {
        const last = runs.at(-1)?.[0];
        const isSame = last?.verdict === link.verdict && (link.verdict === "ok" || last.detail === link.detail);
        if (!verbose && isSame && link.findings.length === 0) runs.at(-1)?.push(link);
        else runs.push([link]);
    }
    const broken = runs.findIndex(([link]) => link?.link === diagnosis.firstBroken?.link);
    return runs.flatMap((run, index) => {
        const wire = index === 0 ? [] : [text(broken >= 0 && index > broken ? "  ┆" : "  │")];
        return [...wire, ...(index === broken ? brokenLink(run[0] as Link, verbose) : linkLines(run, verbose))];
    });
}

const shown = (symbol: string, line: string) => text(`  ${symbol}  ${line}`, "     ");
const evidenceOf = ({ evidence }: Finding) => evidence.map((line) => text(`       ${line}`, "         "));

/** Formats the first broken link without the sentence of its first finding, which the headline already contains. */
function brokenLink({ link, findings }: Link, verbose: boolean): Text[] {
    const [first, ...more] = findings;
    return [
        text(`  ${symbols.broken}  ${link}   ◀ first broken link`),
        ...(verbose && first ? evidenceOf(first) : []),
        ...more.flatMap((finding) => findingLines(finding, verbose)),
    ];
}

function linkLines(run: readonly Link[], verbose: boolean): Text[] {
    const [first] = run as [Link];
    const { verdict, findings, link, detail } = first;
    const names = run.map((each) => each.link).join(", ");
    if (run.length > 1) {
        const what = verdict === "ok" ? "links hold" : "links could not be checked";
        return [shown(symbols[verdict], `${run.length} ${what}: ${names}${verdict === "ok" ? "" : `: ${detail}`}`)];
    }
    const [only, ...more] = findings;
    return [
        shown(symbols[verdict], `${link}: ${only?.sentence ?? detail}`),
        ...(verbose && only ? evidenceOf(only) : []),
        ...more.flatMap((finding) => findingLines(finding, verbose)),
    ];
}

const findingLines = (finding: Finding, verbose: boolean) => [
    shown(symbols[finding.verdict], finding.sentence),
    ...(verbose ? evidenceOf(finding) : []),
];

/** Describes what a fix would add. With `verbose`, adds the commands, each on one line so that they can be copied. */
function drawFix({ faults, commands, adds }: Diagnosis["fixes"][number], verbose: boolean): Text[] {
    const added = adds.map((statement) => text(`    ${JSON.stringify(statement)}`, "      "));
    const by = verbose ? [text("  by"), ...commands.map((line) => ({ line: `    ${line}` }))] : [];
    return added.length > 0 ? [empty, text(`  ${faults.join(", ")}: the fix adds`), ...added, ...by] : [];
}

/** Width of lines if the terminal's width is unknown. */
const defaultColumns = 120;
const fewestColumns = 40;

/**
 * Wraps a text at `columns` into lines, and cuts words that are longer than a line. Each line after the first begins
 * with `indent`.
 * @param columns of the terminal; less than 40 counts as 40
 */
function wrap(text: string, indent = "", columns = defaultColumns): string[] {
    const lines: string[] = [];
    let line = "";
    const width = Math.max(columns, fewestColumns);
    const room = () => width - (lines.length === 0 ? 0 : indent.length);
    const end = () => {
        lines.push(lines.length === 0 ? line : indent + line);
        line = "";
    };
    for (const word of text.split(/(?<=\S) /)) {
        let rest = word;
        if (line !== "" && line.length + 1 + rest.length > room()) end();
        while (rest.length > room() - (line === "" ? 0 : line.length + 1)) {
            const taken = room();
            line = rest.slice(0, taken);
            rest = rest.slice(taken);
            end();
        }
        line = line === "" ? rest : `${line} ${rest}`;
    }
    if (line !== "" || lines.length === 0) end();
    return lines;
}

/**
 * Splits a command between words into lines that end in a backslash, so that a shell joins them. Keeps an option and its
 * value on one line, so that readers see them together.
 */
function wrapCommand(command: string, indent: string, columns = defaultColumns): string[] {
    const parts: string[] = [];
    for (const word of command.match(/(?:\\.|'[^']*'|\S)+/g) ?? []) {
        const last = parts.at(-1);
        if (last === undefined || !/^--\w\S*$/.test(last) || word.startsWith("-")) parts.push(word);
        else parts[parts.length - 1] = `${last} ${word}`;
    }
    const lines: string[] = [];
    for (const part of parts) {
        const last = lines.at(-1);
        const width = (lines.length > 1 ? indent.length : 0) + (last?.length ?? 0) + part.length + 3;
        if (last === undefined || width > columns) lines.push(part);
        else lines[lines.length - 1] = `${last} ${part}`;
    }
    return lines.map((line, index) => `${index === 0 ? "" : indent}${line}${index < lines.length - 1 ? " \\" : ""}`);
}
