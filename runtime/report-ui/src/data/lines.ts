// The lines of a page, as the report writes them: one JSON object per line, with one field that names
// its kind. Times are nanoseconds since the start of the run; fields without content are left out.

export interface RunLine {
  began: string;
  beganNs: number;
  /** The page of the build. */
  build?: string;
  /** The repository and the commit. */
  remote?: string;
  revision?: string;
}

export interface DefinitionLine {
  id: number;
  pattern: string;
  function?: string;
  file?: string;
  line?: number;
}

export interface LogLine {
  at: number;
  level: string;
  message?: string;
}

export interface AttachmentLine {
  name?: string;
  type?: string;
  bytes: number;
  text?: string;
  base64?: string;
}

export interface HookLine {
  name: string;
  file?: string;
  fileLine?: number;
  start: number;
  length: number;
  outcome: string;
  detail?: string;
  logs?: LogLine[];
  output?: string;
  attachments?: AttachmentLine[];
}

export interface PartLine {
  process: string;
  start: number;
  length: number;
  outcome: string;
  detail?: string;
  limit?: number;
  file?: string;
  fileLine?: number;
  logs?: LogLine[];
}

export interface StepLine {
  keyword?: string;
  text?: string;
  line: number;
  background?: boolean;
  start: number;
  length: number;
  outcome: string;
  detail?: string;
  /** The time limit of a step that exceeded it. */
  limit?: number;
  /** The location of a panic. */
  file?: string;
  fileLine?: number;
  definition?: number;
  logs?: LogLine[];
  output?: string;
  attachments?: AttachmentLine[];
  parts?: PartLine[];
  table?: string[][];
  doc?: string;
  docType?: string;
}

export interface MessageLine {
  at: number;
  request?: boolean;
  body?: string;
}

export interface ProcessLine {
  process: string;
  pid: number;
  changes?: { at: number; kind: string; detail?: string }[];
  messages?: MessageLine[];
  /** The last lines of standard error; only those of a failed scenario have a text. */
  stderr?: { at: number; text?: string }[];
}

export interface ResourceLine {
  process?: string;
  resident: number;
  growth: number;
  cpu: number;
  files: number;
  threads: number;
}

export interface ScenarioLine {
  number: number;
  name?: string;
  feature?: string;
  rule?: string;
  path: string;
  line: number;
  tags?: string[];
  combination?: string;
  attempt: number;
  status: string;
  thread: number;
  start: number;
  length: number;
  failures?: string[];
  hooks?: HookLine[];
  steps?: StepLine[];
  processes?: ProcessLine[];
  resources?: ResourceLine[];
}

export interface EndLine {
  length: number;
  notRun: number;
  interrupted?: boolean;
  failures?: string[];
  hooks?: HookLine[];
  leaks?: { scenario?: string; left?: string[] }[];
}

export type Line = {
  run?: RunLine;
  definition?: DefinitionLine;
  scenario?: ScenarioLine;
  end?: EndLine;
};
