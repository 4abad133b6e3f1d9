import type { Tags } from "pulumi-personalize/core";
import { shell } from "terminal-text";
import type { StackConfig } from "../../../config/config.ts";
import { approximately, priceNote } from "../../../config/prices.ts";
import { forecast } from "../doctor/forecast.ts";
import type { DataSize } from "../doctor/stack.ts";
import type { AdoptionPlan, Difference, PartPlan } from "./plan.ts";

/** Returns a resource's owner, read from its tags. */
export function ownerName(tags: Tags | undefined, { project, stack }: Pick<StackConfig, "project" | "stack">): string {
    if (tags === undefined) {
        return "carries no tags";
    }
    const [ofProject, ofStack] = [tags["pulumi:project"], tags["pulumi:stack"]];
    if (ofProject === undefined && ofStack === undefined) {
        return "untagged";
    }
    const owner = ofProject === project ? "" : `project ${ofProject ?? "?"}, `;
    return owner === "" && ofStack === stack ? "this stack" : `${owner}stack ${ofStack ?? "?"}`;
}

/** Describes the effect of an adoption, one resource per line. */
export function adoptionLines({ parts, outside }: AdoptionPlan): string[] {
    const lines = parts.flatMap((part) => [`${part.noun} ${part.name}`, ...aboutPart(part).map((line) => `  ${line}`)]);
    if (outside.length > 0) {
        lines.push(
            "",
            "Not adopted; `pulumi destroy` cannot delete the group while these exist:",
            ...outside.map(({ noun, name, why }) => `  ${noun} ${name}: ${why}`),
        );
    }
    return lines;
}

function aboutPart({ refusals, changes, keepsName, tagsSet }: PartPlan): string[] {
    if (refusals.length > 0) {
        return refusals.map((one) => `cannot be adopted: another ${described(one)}`);
    }
    const lines = [
        ...changes.map((one) => `will be changed in place by up: ${described(one)}`),
        ...(keepsName ? ["keeps its name"] : []),
        ...(tagsSet.length > 0 ? [`tags that will be set: ${tagsSet.join(", ")}`] : []),
    ];
    return lines.length > 0 ? lines : ["matches the program"];
}

const described = ({ property, has, wants }: Difference) =>
    `${property} (${shown(has)}; the program wants ${shown(wants)})`;

const shown = (value: unknown) =>
    value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);

/** Returns the configuration of the adoption as commands and as YAML for the stack's file. */
export function configLines(project: string, stack: string, { parts }: AdoptionPlan) {
    const fine = parts.filter(({ refusals }) => refusals.length === 0);
    return {
        commands: fine.map(({ key, arn }) =>
            shell("pulumi", "config", "set", "--stack", stack, "--path", `adopt.${key}`, arn),
        ),
        yaml: ["config:", `  ${project}:adopt:`, ...fine.map(({ key, arn }) => `    ${key}: ${arn}`)].join("\n"),
    };
}

/** Describes duration and cost of the first `up`: imports and versions cannot be adopted. */
export function firstUp(config: StackConfig, size: DataSize | undefined, withCampaign: boolean): string {
    const why =
        "Import jobs and solution versions are not adopted: nothing records which file they were made from, so the program " +
        "would not know when to replace them. ";
    if (size === undefined) {
        return `${why}The first \`pulumi up\` imports and trains once; its cost is known after: npm run data-prep`;
    }
    const { minutes, onceUsd } = forecast(config, size);
    return (
        `${why}Therefore the first \`pulumi up\` imports and trains once with the program's data, in about ${minutes.low} to ` +
        `${minutes.high} minutes on AWS for ${approximately(onceUsd)} ${priceNote}` +
        (withCampaign ? "; the campaign serves its version until the new one is ready." : ".")
    );
}
