import * as pulumi from "@pulumi/pulumi";

/** A stage serves a deployment until it has the next one, and API Gateway refuses to delete it before. */
const createdFirst = ["aws:apigateway/deployment:Deployment"];

/**
 * Deletes each resource of AWS before its replacement is created. AWS's plugin does so only for types with a name that
 * the program gives (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace). It would create the others first, such as
 * a bucket policy or a subscription, and delete the old one by its key. After a reverted change, that is the key of the
 * live one.
 */
export function deleteBeforeReplacing(): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.startsWith("aws:") && !createdFirst.includes(type)
            ? { props, opts: { ...opts, deleteBeforeReplace: true } }
            : undefined,
    );
}
