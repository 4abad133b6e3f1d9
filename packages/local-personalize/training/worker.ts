import { parentPort, workerData } from "node:worker_threads";
import { type TrainingTask, train } from "./train.ts";

parentPort?.postMessage(train(workerData as TrainingTask));
