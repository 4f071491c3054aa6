import * as CertifierError from "@effect-certifier/core/CertifierError"
import * as Issuance from "@effect-certifier/core/Issuance"
import * as ConfigError from "effect/ConfigError"
import * as Match from "effect/Match"
import * as Option from "effect/Option"
import { CliFailure, nothingChanged } from "./failure.js"

const changedOf = ({ idempotent, outcome }: CertifierError.CertifierError): string => {
  if (outcome !== "MaybeApplied") return nothingChanged
  return idempotent
    ? "It is unknown whether it took effect. It is safe to run the same command again."
    : "It is unknown whether it took effect: check before you run the command again."
}

type Advice = Pick<CliFailure, "exit"> & { readonly next?: string }

const later: Advice = { exit: "tryLater", next: "Try again later: run the same command again." }

const adviceOf: (error: CertifierError.CertifierError) => Advice = Match.type<CertifierError.CertifierError>().pipe(
  Match.withReturnType<Advice>(),
  Match.tags({
    CertifierUnauthorized: () => ({
      exit: "noPermission",
      next: "Check the access token in CERTIFIER_ACCESS_TOKEN, or pass a file with another one: --token-file FILE"
    }),
    CertifierForbidden: () => ({
      exit: "noPermission",
      next: "Ask the owner of the workspace for a token with access."
    }),
    CertifierPaymentRequired: () => ({ exit: "noPermission", next: "Look at the plan of the workspace." }),
    CertifierNotFound: () => ({
      exit: "notFound",
      next: "To list the existing ones, for example: certifier groups list"
    }),
    CertifierInvalidRequest: () => ({ exit: "data" }),
    CertifierValidationError: () => ({ exit: "data" }),
    CertifierTransportError: ({ reason }) =>
      reason === "Connect" || reason === "Dns"
        ? { exit: "tryLater", next: "Check the network, then run the same command again." }
        : later
  }),
  Match.orElse((error) => (CertifierError.isRetryable(error) ? later : { exit: "failed" }))
)

const lowerCase = (letter: string): string => letter.toLowerCase()

/** Converts an expected error of a command to a readable one. Returns `undefined` for a defect. */
export const toFailure = (error: unknown): CliFailure | undefined => {
  if (error instanceof CliFailure) return error
  if (CertifierError.isCertifierError(error)) {
    return new CliFailure({
      ...adviceOf(error),
      problem: error.message.replace(/ Nothing was (?:changed|sent)\.$/, ""),
      changed: changedOf(error)
    })
  }
  if (error instanceof Issuance.Uncertain) {
    return new CliFailure({
      exit: "failed",
      problem: `${error.message}.`,
      changed: "It is unknown whether it took effect.",
      next: Option.match(error.credentialId, {
        onNone: () => "Check whether it exists before you retry: certifier credentials list",
        onSome: (id) => `Check it before you retry: certifier credentials get ${id}`
      })
    })
  }
  if (ConfigError.isConfigError(error)) {
    const problem =
      error._op === "InvalidData"
        ? `${error.path.join("_")}: ${error.message.replace(/^./, lowerCase)}.`
        : String(error)
    return new CliFailure({ exit: "configuration", problem, changed: nothingChanged })
  }
  return undefined
}
