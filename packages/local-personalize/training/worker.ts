import { parentPort, workerData } from "node:worker_threads";
import type { Work } from "./in-worker.ts";
import { measure, train } from "./train.ts";

const { job, task } = workerData as Work;
parentPort?.postMessage(job === "train" ? await train(task) : measure(task));
