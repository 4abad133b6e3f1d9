import * as pulumi from "@pulumi/pulumi";
import {
    type Declared,
    findViolations,
    type RuleChoices,
    waiverProblems,
    watchesPersonalize,
} from "../../iam/resource-rules.ts";
import { ProgramError, warn } from "./messages.ts";

type Properties = Readonly<Record<string, unknown>>;

/**
 * Rejects forbidden resources of the whole program, already at preview. Only warns if a waiver with a reason covers the
 * rule. If a value is known only after another resource exists, checks it then, before this resource is created.
 *
 * Uses a transformation, not a transform, because the language host of local runs does not support transforms.
 *
 * @throws ProgramError for an unknown rule in a waiver, or a waiver without a reason
 */
export function enforceResourceRules(waivers: Readonly<Record<string, string>>, choices?: RuleChoices): void {
    const problems = waiverProblems(waivers);
    if (problems.length > 0) {
        throw new ProgramError(`the config key waivers is invalid:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    }
    const before: Declared[] = [];
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        const judged = judge({ type, name, props, waivers, before, choices });
        if (watchesPersonalize({ type, props }, choices)) {
            before.push({ type, props });
        }
        return { props: judged, opts };
    });
}

interface Judged extends Declared {
    readonly name: string;
    readonly waivers: Readonly<Record<string, string>>;
    readonly before: readonly Declared[];
    readonly choices: RuleChoices | undefined;
}

/**
 * Checks the properties of a resource against the rules, and each output as soon as its value is known. Returns the
 * properties unchanged.
 */
function judge({ type, name, props, waivers, before, choices }: Judged): Properties {
    const reportedRules = new Set<string>();
    const check = (resolvedProps: Properties) => {
        const refused = findViolations(type, resolvedProps, before, choices).filter(({ rule, problem }) => {
            const reason = waivers[rule];
            if (reason !== undefined && !reportedRules.has(rule)) {
                reportedRules.add(rule);
                warn(
                    `${type} ${name} ${problem}, which is allowed, because the resource rule ${rule} is waived (${reason})`,
                );
            }
            return reason === undefined;
        });
        if (refused.length > 0) {
            const lines = refused.map(({ rule, problem }) => `${type} ${name} ${problem} (resource rule ${rule})`);
            throw new ProgramError(
                `${lines.join("\n")}\nChange it. If it is intended, give a reason: ` +
                    `pulumi config set --path waivers.${refused[0]?.rule} "<at least 20 characters>"`,
            );
        }
    };
    check(props);
    return {
        ...props,
        ...Object.fromEntries(
            Object.entries(props).flatMap(([key, value]) => {
                if (!pulumi.Output.isInstance(value)) return [];
                const checked = value.apply((resolved) => {
                    check({ ...props, [key]: resolved });
                    return resolved;
                });
                return [[key, checked]];
            }),
        ),
    };
}
