import type { Diagnosis } from "./diagnose.ts";
import { faults } from "./faults.ts";
import type { Link } from "./link.ts";

const symbols = { ok: "●", broken: "✗", warning: "!", unknown: "?" } as const;
const widest = 100;

/** The chain as a picture, the first broken link with its sentence and evidence, and both forms of each fix. */
export function draw(diagnosis: Diagnosis): string {
    const { links, firstBroken, findings, fixes } = diagnosis;
    const longest = Math.max(...links.map(({ link }) => link.length));
    const lines = links.flatMap((link, index) => {
        const wire = index === 0 ? [] : [links.slice(0, index).includes(firstBroken as Link) ? "  ┆" : "  │"];
        const here = link === firstBroken ? "   ◀ first broken link" : "";
        return [...wire, `  ${symbols[link.verdict]}  ${link.link.padEnd(longest)}  ${cut(link.detail)}${here}`];
    });
    const judges = new Map<string, string[]>();
    for (const { judge, link } of links) {
        judges.set(judge, [...(judges.get(judge) ?? []), link]);
    }
    return [
        ...lines,
        "",
        "Judged",
        ...[...judges].map(([judge, judged]) => `  by ${judge}: ${judged.join("; ")}`),
        "",
        headline(diagnosis),
        ...findings.flatMap(({ fault, verdict, sentence, evidence }) => [
            "",
            `${verdict === "broken" ? "✗" : "!"} ${fault}: ${sentence}`,
            ...evidence.map((line) => `    ${line}`),
        ]),
        ...fixes.flatMap(({ faults: fixed, program, commands, location }) => [
            "",
            `→ ${fixed.join(", ")}`,
            ...(program === "" ? [] : ["  in this program:", `    ${program}`]),
            ...(commands.length > 0 ? ["  with the AWS CLI:", ...commands.map((command) => `    ${command}`)] : []),
            ...(location === undefined ? [] : [`  and import from ${location}`]),
        ]),
    ].join("\n");
}

function headline({ verdict, firstBroken, links }: Diagnosis): string {
    const [first] = firstBroken?.findings.filter((each) => each.verdict === "broken") ?? [];
    if (first) {
        return `The import fails: ${faults[first.fault]}.`;
    }
    const unread = links.filter((link) => link.verdict === "unknown").map(({ link }) => link);
    return verdict === "sound" || unread.every((link) => link === "import job result")
        ? "Every link is in order: an import can read the data."
        : `Nothing is broken in what could be checked; not checked: ${unread.join(", ")}.`;
}

const cut = (text: string) => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);
