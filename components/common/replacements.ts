import * as pulumi from "@pulumi/pulumi";

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
