import * as pulumi from "@pulumi/pulumi";
import { findViolations, type RuleChoices } from "../../core/iam/resource-rules.ts";
import { ProgramError } from "./messages.ts";

type Properties = Readonly<Record<string, unknown>>;

/**
 * Rejects forbidden resources of the whole program, already at preview. If a value is known only after another resource
 * exists, checks it then, before this resource is created.
 *
 * Uses a transformation, not a transform, because the language host of local runs does not support transforms.
 */
export function enforceResourceRules(choices?: RuleChoices): void {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        const check = (resolvedProps: Properties) => refuseViolations(type, name, resolvedProps, choices);
        check(props);
        // Check each output as soon as its value is known.
        const outputs = Object.entries(props).filter(([, value]) => pulumi.Output.isInstance(value));
        const checked = outputs.map(([key, value]) => [
            key,
            value.apply((resolved: unknown) => {
                check({ ...props, [key]: resolved });
                return resolved;
            }),
        ]);
        return { props: { ...props, ...Object.fromEntries(checked) }, opts };
    });
}

/**
 * Checks a resource by all rules.
 * @throws ProgramError with each rule that the resource violates
 */
export function refuseViolations(type: string, name: string, props: Properties, choices?: RuleChoices): void {
    const lines = findViolations(type, props, choices).map(
        ({ rule, problem }) => `${type} ${name} ${problem} (resource rule ${rule})`,
    );
    if (lines.length > 0) {
        throw new ProgramError(`${lines.join("\n")}\nChange it. See docs/access-operator.md#guard-rules.`);
    }
}

/**
 * Resource types whose replacement is created first. A stage serves a deployment until it has the next one, and API
 * Gateway refuses to delete the deployment before that.
 */
const createdFirst = ["aws:apigateway/deployment:Deployment"];

/**
 * Makes Pulumi delete each AWS resource before it creates the replacement. AWS's plugin does so only for types whose
 * name the program gives (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace). For other types, the plugin
 * creates the replacement first and later deletes the old resource by its ID, such as the ARN of a subscription. After
 * a reverted change, the live resource has the same ID and would be deleted.
 */
export function deleteBeforeReplacing(): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.startsWith("aws:") && !createdFirst.includes(type)
            ? { props, opts: { ...opts, deleteBeforeReplace: true } }
            : undefined,
    );
}
