import * as pulumi from "@pulumi/pulumi";

/** A stage serves a deployment until it has the next one, and API Gateway refuses to delete it before. */
const createdFirst = ["aws:apigateway/deployment:Deployment"];

/**
 * Deletes each resource of AWS before its replacement is created. AWS's plugin does so only for types with a name that
 * the program gives (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace). It creates the others first, and deletes
 * the old one later by its key. After a reverted change, that is the key of the live one, such as a subscription's ARN.
 */
export function deleteBeforeReplacing(): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.startsWith("aws:") && !createdFirst.includes(type)
            ? { props, opts: { ...opts, deleteBeforeReplace: true } }
            : undefined,
    );
}
