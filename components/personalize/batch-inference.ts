import * as pulumi from "@pulumi/pulumi";
import { BatchInferenceJob } from "pulumi-personalize";
import { objectKeys, type StackConfig } from "../../config/config.ts";
import { requireFile, type UploadedFile } from "../data/data-bucket.ts";
import { createDeadlineInputs } from "./resources.ts";

export interface BatchInferenceArgs {
    readonly config: StackConfig;
    /** Id of the stack. */
    readonly owner: pulumi.Input<string>;
    readonly solutionVersionArn: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
    readonly bucketName: pulumi.Input<string>;
    readonly files: Readonly<Record<string, UploadedFile>>;
}

/** Recommendations for a file of users, which Personalize writes to the data bucket. It needs no campaign. */
export class BatchInference extends pulumi.ComponentResource {
    constructor(name: string, args: BatchInferenceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:BatchInference", name, {}, opts);
        const { config, solutionVersionArn, roleArn } = args;
        const { location: inputLocation, contentHash } = requireFile(args.files, "batch");
        new BatchInferenceJob(
            name,
            {
                ...createDeadlineInputs(config, args.owner)(config.deadlineMinutes.import),
                jobNamePrefix: config.names.batchInferenceJobPrefix,
                solutionVersionArn,
                inputLocation,
                contentHash,
                outputLocation: pulumi.interpolate`s3://${args.bucketName}/${objectKeys.batchOutput}`,
                roleArn,
                filterArn: undefined,
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}
