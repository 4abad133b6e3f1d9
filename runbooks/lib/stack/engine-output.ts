import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A finished resource; the first group is the AWS service in its type, such as `iam` in `aws:iam:Role`. */
const doneLine = /(\w+):\w+ \S+ (created|updated|replaced|deleted) \(/;
/** A wait of at least two seconds for a resource. Shorter ones end before anyone has read them. */
const waitLine = /pulumi:pulumi:Stack \S+ \S+ (?:\(.*?\) )?(.*: (?:CREATE|UPDATE|DELETE) [A-Z_]+, (?![01] s\b).*)/;

/** Where the output of a Pulumi engine goes. */
interface EngineLog {
    /** The folder of the file `pulumi-<command>.log`, which gets the whole output. */
    readonly folder: string;
    readonly command: "up" | "destroy";
    /** Whether `say` gets the whole output. */
    readonly verbose?: boolean | undefined;
    /** Gets the short form: long waits as they happen, and one line for each AWS service at the end. */
    readonly say: (line: string) => void;
}

/** Writes the output of `pulumi <command>` into a file, and its short form to `say`. */
export function openEngineLog({ folder, command, verbose = false, say }: EngineLog) {
    const file = join(folder, `pulumi-${command}.log`);
    writeFileSync(file, "", { mode: 0o600 });
    const services = new Map<string, Map<string, number>>();
    const diagnostics: string[] = [];
    let part: "live" | "diagnostics" | "rest" = "live";
    let done = 0;
    /** Counts a line. Returns the line to show at once; undefined for most lines. */
    function summarize(line: string): string | undefined {
        if (line === "Diagnostics:") part = "diagnostics";
        else if (part !== "live" && /^\S/.test(line)) part = "rest";
        else if (part === "diagnostics") diagnostics.push(line);
        if (part !== "live") return undefined;
        const [, service = "", verb = ""] = doneLine.exec(line) ?? [];
        if (["", "pulumi", "providers"].includes(service)) return waitLine.exec(line)?.[1];
        const verbs = services.get(service) ?? new Map<string, number>();
        services.set(service, verbs.set(verb, (verbs.get(verb) ?? 0) + 1));
        done += 1;
        return undefined;
    }
    return {
        /** Takes a line of the engine's output. */
        take(line: string): void {
            appendFileSync(file, `${line}\n`);
            const shown = summarize(line);
            if (verbose) say(line);
            else if (shown !== undefined) say(shown);
        },
        /** Returns what the engine has done so far, such as `pulumi up: 42 resources done`. */
        progress: () => `pulumi ${command}: ${done} resources done`,
        /** Prints a line for each service, after a failure also what the engine reported, and the file's name. */
        end(succeeded: boolean): void {
            if (verbose) return;
            for (const [name, verbs] of [...services].toSorted(([one], [other]) => one.localeCompare(other))) {
                const counts = [...verbs].map(([verb, count]) => `${count} ${verb}`);
                say(`${name.padEnd(12)} ${counts.join(", ")}`);
            }
            if (!succeeded) say(diagnostics.join("\n").trimEnd());
            say(`The whole output of pulumi ${command} is in ${file}`);
        },
    };
}
