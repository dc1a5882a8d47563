import ProvisioningModel
import ProvisioningRules
import Testing
@testable import Service

@Suite struct OperatorMailTests {
  private static let began = Timestamp(milliseconds: 1_767_322_800_000)

  private static func status(_ reason: QuarantineReason) -> QuarantineStatus {
    QuarantineStatus(
      reason: reason,
      failure: Failure(
        .quarantine, .credentialValidation, "xMatters answered 401 to GET /people.", advice: "Check the password.",
        exchange: Exchange(upstream: "xmatters", method: "GET", route: "/people", status: 401)),
      seriesBegan: began, currentBegan: began, nextAttempt: began)
  }

  @Test(
    "each event of the protection has its mail, with the reason as Graph names it and what can be done",
    arguments: [
      (
        ProtectionEvent.quarantined(status(.exception)),
        "the job is in quarantine (EncounteredQuarantineException)", ["GET /people", "HTTP 401", "Check the password."]
      ),
      (
        .quarantineReasonChanged(status(.escrowProportion)),
        "the job is in quarantine for another reason (EncounteredEscrowProportionThreshold)", ["another reason"]
      ),
      (.quarantineLeft(status(.exception)), "the job has left quarantine", ["since \(began)"]),
      (.jobDisabled(status(.exception)), "the job is disabled", ["POST /api/v1/job/start", "Check the password."]),
      (
        .removalsHeld(count: 40, total: 40, limit: 25), "40 removals are held",
        ["no more than 25", "ForceDeletes", "everything else goes on"]
      ),
    ] as [(ProtectionEvent, String, [String])])
  func protection(event: ProtectionEvent, subject: String, parts: [String]) throws {
    let mail = try #require(OperatorMail(event))
    #expect(mail.subject == subject)
    let body = mail.body(time: Self.began, instance: "acme")
    for part in parts { #expect(body.contains(part), "\(part) in\n\(body)") }
  }

  @Test("more of what is held already, and that nothing is held any more, is no mail")
  func quiet() {
    #expect(OperatorMail(.removalsHeld(count: 5, total: 45, limit: 25)) == nil)
    #expect(OperatorMail(.removalsNoLongerHeld) == nil)
  }
}
