import * as pulumi from "@pulumi/pulumi";

/**
 * Resource types whose replacement is created first. A stage serves a deployment until it has the next one, and API
 * Gateway refuses to delete the deployment before that.
 */
const createdFirst = ["aws:apigateway/deployment:Deployment"];

/**
 * Makes Pulumi delete each AWS resource before it creates the replacement. AWS's plugin does so only for types whose
 * name the program gives (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace). For other types, the plugin
 * creates the replacement first and later deletes the old resource by its key. After a reverted change, that key
 * belongs to the live resource, such as a subscription's ARN.
 */
export function deleteBeforeReplacing(): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.startsWith("aws:") && !createdFirst.includes(type)
            ? { props, opts: { ...opts, deleteBeforeReplace: true } }
            : undefined,
    );
}
