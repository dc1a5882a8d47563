import ProvisioningModel

/// What a person is told by mail: one for each event, none for each failure (docs/reference/entra-provisioning.md, "Notification mail").
/// Ids, codes and requests only: no secret, no name, no number.
struct OperatorMail: Hashable, Sendable {
  /// What it is about, for the log: `quarantine`, `subscription`.
  var kind: String
  var subject: String
  var paragraphs: [String]

  /// - Parameters:
  ///   - failure: What failed, with the request and the answer, and what can be done about it.
  ///   - advice: What to do; unless it is given, the failure's.
  ///   - meanwhile: What Rollcall does until a person acts.
  init(
    kind: String, subject: String, _ what: String, failure: Failure? = nil, advice: String? = nil,
    meanwhile: String? = nil
  ) {
    self.kind = kind
    self.subject = subject
    paragraphs = [what]
    if let failure { paragraphs.append(Self.describe(failure)) }
    if let advice = advice ?? failure?.advice, !advice.isEmpty { paragraphs.append("What to do: \(advice)") }
    if let meanwhile { paragraphs.append("Meanwhile: \(meanwhile)") }
  }

  private static func describe(_ failure: Failure) -> String {
    var lines = ["Reason: \(failure.reason)", "Code: \(failure.code.rawValue)"]
    if let exchange = failure.exchange {
      lines.append("Request: \(exchange.method) \(exchange.route) (\(exchange.upstream))")
      let answer = [exchange.status.map { "HTTP \($0)" }, exchange.message].compactMap { $0 }
      lines.append("Answer: \(answer.isEmpty ? "none" : answer.joined(separator: ", "))")
    }
    return lines.joined(separator: "\n")
  }

  /// - Parameters:
  ///   - time: Of the event.
  ///   - instance: Which of several Rollcalls it is.
  func body(time: Timestamp, instance: String) -> String {
    let signature = "Rollcall for \(instance), \(time). This mail is sent once for this event."
    return (paragraphs + ["-- \n" + signature]).joined(separator: "\n\n") + "\n"
  }
}
