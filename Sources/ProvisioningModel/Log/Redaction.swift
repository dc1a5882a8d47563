/// What stands in the place of a value that the configuration hides (`log: redact`).
package enum Redaction {
  package static let mark = "[Redact]"
}
