import * as pulumi from "@pulumi/pulumi";

/**
 * Checks whether the engine knows a value. In a preview, it does not know the id of a resource that it will create.
 * The cast is necessary because the SDK has no public function that tells an unknown output from one that is pending.
 */
export const isKnown = (output: pulumi.Output<unknown>): Promise<boolean> =>
    (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;

/**
 * Returns a value that resolves after the resources exist, and that a preview knows. Build the value from names, not
 * from a resource's outputs: a preview does not know the outputs of a resource that it replaces. It would then show
 * changes of all dependent resources, which `up` does not make.
 */
export const knownAfter = (value: pulumi.Input<string>, ...resources: readonly (pulumi.Resource | undefined)[]) =>
    pulumi.all(resources.flatMap((resource) => (resource ? [resource.urn] : []))).apply(() => pulumi.output(value));
