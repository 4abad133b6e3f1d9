import { invalidInput } from "../errors.ts";
import { type DataLocation, readDataLocation } from "../importing/data-location.ts";

interface Paths {
    jobInput: { s3DataSource: { path: string } };
    jobOutput: { s3DataDestination: { path: string } };
}

/**
 * Returns the input and output of a batch job. The input is one object, or the first level of a folder that ends in
 * `/`. The output is a folder, with or without `/` at its end. Throws InvalidInputException with the service's message.
 */
export function readBatchPaths({ jobInput, jobOutput }: Paths): { input: DataLocation; output: DataLocation } {
    const input = readDataLocation(jobInput.s3DataSource.path);
    if (!input) throw invalidInput("Invalid S3 input path");
    return { input, output: readBatchFolder(jobOutput.s3DataDestination.path) };
}

/** Returns the output folder of a job. Throws InvalidInputException with the service's message. */
export function readBatchFolder(path: string): DataLocation {
    const output = readDataLocation(path.endsWith("/") ? path : `${path}/`);
    if (!output) throw invalidInput("Invalid S3 output path");
    return output;
}
