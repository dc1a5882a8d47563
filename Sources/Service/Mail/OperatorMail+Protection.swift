import ProvisioningModel
import ProvisioningRules

extension OperatorMail {
  /// Nil for what is not worth a mail.
  init?(_ event: ProtectionEvent) {
    switch event {
    case .quarantined(let status):
      self.init(quarantine: status, "the job is in quarantine", "The provisioning job is in quarantine")
    case .quarantineReasonChanged(let status):
      self.init(
        quarantine: status, "the job is in quarantine for another reason",
        "The provisioning job is still in quarantine, now for another reason")
    case .quarantineLeft(let status):
      self.init(
        kind: "quarantine", subject: "the job has left quarantine",
        "The provisioning job works again. It was in quarantine since \(status.seriesBegan) (\(status.reason.rawValue)).",
        meanwhile: "what was notified in the meantime is being provisioned.")
    case .jobDisabled(let status):
      self.init(
        kind: "quarantine", subject: "the job is disabled",
        "The provisioning job has been in quarantine since \(status.seriesBegan) and is disabled (\(status.reason.rawValue)).",
        failure: status.failure,
        advice: "mend the cause, then start the job: POST /api/v1/job/start. \(status.failure.advice)",
        meanwhile: "nothing is provisioned, and nothing is tried any more.")
    case .configurationChanged(let status):
      self.init(
        kind: "quarantine", subject: "the job waits for a person (\(status.reason.rawValue))",
        "The provisioning job waits: its state is one of another tenant or application.", failure: status.failure,
        meanwhile: "nothing is provisioned. Notifications are taken.")
    case .removalsHeld(let count, let total, let limit) where count == total:
      self.init(
        kind: "removals", subject: "\(total) removals are held",
        "\(total) people or groups would be disabled or deleted, of which no more than \(limit) may be at once.",
        advice: "look at them: GET /api/v1/provisioning?action=stageddelete. If they are right, release them: "
          + #"POST /api/v1/job/restart with {"criteria": {"resetScope": "ForceDeletes"}}. If not, mend the assignments in Entra ID, which drops them."#,
        meanwhile: "none of them is carried out; everything else goes on.")
    case .removalsHeld, .removalsNoLongerHeld:
      return nil
    }
  }

  /// To be sent once for each that is new.
  init(orphans: OrphanCount) {
    self.init(
      kind: "orphans", subject: "\(orphans.new) orphans were found in xMatters",
      "\(orphans.new) people or groups in xMatters carry a key of Rollcall, and this directory has never known their ids, or their users are gone for good. There are \(orphans.all) of them in all.",
      advice:
        "look at them: GET /api/v1/orphans. Check that directory.tenantId is the right tenant. Remove them in xMatters if they are of no use.",
      meanwhile: "they are left as they are; everything else goes on.")
  }

  private init(quarantine status: QuarantineStatus, _ subject: String, _ what: String) {
    self.init(
      kind: "quarantine", subject: "\(subject) (\(status.reason.rawValue))", "\(what): \(status.reason.rawValue).",
      failure: status.failure,
      meanwhile: "nothing is provisioned. Notifications are taken; Rollcall tries by itself whether the cause is gone, "
        + "and goes on then.")
  }
}
