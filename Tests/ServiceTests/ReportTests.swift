import ProvisioningRules
import ProvisioningModel
import JSON
import Reconciler
import Service
import TestSupport
import Testing

@Suite("What plans and entries of the provisioning log look like")
struct ReportTests {
  private static let job = JobIdentity(
    tenantID: "tenant", jobID: "rollcall.tenant.app", servicePrincipalID: "sp", servicePrincipalName: "xMatters",
    targetName: "https://acme.xmatters.com")

  private func entry(
    _ number: Int, _ action: ProvisioningLogEntry.Action, failure: Failure? = nil,
    properties: [ProvisioningLogEntry.ModifiedProperty] = []
  ) -> ProvisioningLogEntry {
    ProvisioningLogEntry(
      id: "e\(number)", time: FixedClock.start, cycleID: "c1", action: action,
      status: failure == nil ? .success : .failure, duration: .milliseconds(12), objectID: .sample(number), kind: .user,
      sourceName: "Given\(number)", targetID: TargetID("p\(number)"), targetName: "user\(number)@example.org",
      steps: [
        .init(.import, "EntryImport", .success, "Read.", details: ["surname": "A"]),
        .init(.export, "EntryExportUpdate", failure == nil ? .success : .failure, "Sent."),
      ], modifiedProperties: properties, failure: failure)
  }

  private func report(_ entry: ProvisioningLogEntry, skip: SkipReason? = nil) -> RunReport {
    RunReport(
      record: RunRecord(objectID: entry.objectID, link: .unchanged, escrow: .clear, entry: nil), account: entry,
      failure: entry.failure, skip: skip)
  }

  private static let conflict = Failure(
    .escrow, .conflict, "The name is taken.", advice: "Free it.",
    exchange: Exchange(upstream: "xmatters", method: "POST", route: "/people", status: 409, message: "Conflict"))

  private var plan: Plan {
    var plan = Plan()
    plan.note(
      report(
        entry(
          1, .update,
          properties: [
            .init(name: "lastName", oldValue: "A \"quoted\"", newValue: "B"),
            .init(name: "devices.Mobile Phone", oldValue: nil, newValue: "[Redact]"),
          ])))
    plan.note(report(entry(2, .create, failure: Self.conflict)))
    plan.note(report(entry(3, .other), skip: .notInScope))
    plan.note(report(entry(4, .stagedDelete), skip: .removalPlanned))
    return plan
  }

  @Test("An entry has every field of Graph's provisioningObjectSummary")
  func summary() throws {
    let summary = entry(1, .create, failure: Self.conflict).summary(Self.job)
    #expect(
      Set(try #require(summary.object).keys) == [
        "id", "activityDateTime", "tenantId", "jobId", "cycleId", "changeId", "provisioningAction",
        "durationInMilliseconds", "initiatedBy", "servicePrincipal", "sourceSystem", "targetSystem", "sourceIdentity",
        "targetIdentity", "provisioningStatusInfo", "provisioningSteps", "modifiedProperties",
      ])
    #expect(summary["activityDateTime"]?.string == FixedClock.start.description)
    #expect(summary["servicePrincipal"] == ["id": "sp", "displayName": "xMatters"])
    #expect(summary["sourceIdentity"]?["identityType"]?.string == "User")
    #expect(summary["targetIdentity"]?["displayName"]?.string == "user1@example.org")
    #expect(summary["provisioningStatusInfo"]?["status"]?.string == "failure")
    let information = summary["provisioningStatusInfo"]?["errorInformation"]
    #expect(information?["errorCode"]?.string == "EntryConflict" && information?["errorCategory"]?.string == "failure")
    #expect(information?["recommendedAction"]?.string == "Free it.")
    #expect(information?["additionalDetails"]?.string == "xmatters: POST /people: 409 (Conflict)")
    let step = summary["provisioningSteps"]?[0]
    #expect(step?["provisioningStepType"]?.string == "import" && step?["details"] == ["surname": "A"])
  }

  @Test("A plan as JSON is one document with counts, summaries and, on request, skips", arguments: [false, true])
  func planAsJSON(listsSkips: Bool) throws {
    var text = ""
    PlanReport(plan, Self.job, listsSkips: listsSkips).forEachPieceOfJSON { text += $0 }
    let json = try JSON(parsing: Array(text.utf8)).value
    #expect(json["counts"]?["update"] == 1 && json["counts"]?["failure"] == 1 && json["counts"]?["skipped"] == 1)
    #expect(json["counts"]?["stageddelete"] == 1)
    #expect(json["value"]?.array?.count == 3)
    #expect(json["value"]?[0]?["modifiedProperties"]?[0]?["oldValue"]?.string == "A \"quoted\"")
    #expect((json["skipped"]?[0]?["reason"]?.string == "notInScope") == listsSkips)
    #expect((json["skipped"] == nil) == !listsSkips)
  }

  @Test("A plan as text says who, what from and to, and why not, the counts last")
  func planAsText() {
    var lines: [String] = []
    PlanReport(plan, Self.job, listsSkips: true).forEachLine { lines.append($0) }
    let text = lines.joined(separator: "\n")
    #expect(text.contains("update   user1@example.org (Given1) \(ObjectID.sample(1))"))
    #expect(text.contains("lastName              A \"quoted\" -> B"))
    #expect(text.contains("devices.Mobile Phone  - -> [Redact]"))
    #expect(text.contains("held     user4@example.org"))
    #expect(text.contains("EntryConflict: The name is taken.") && text.contains("Free it."))
    #expect(text.contains("skip     user3@example.org: Not in scope."))
    #expect(
      lines.last
        == "Plan: 0 to create, 1 to update, 0 to disable, 0 to delete, 1 removals to be held, 1 would fail, 1 to be left as they are. Nothing was written."
    )
  }

  @Test("An empty plan is one line, and JSON with nothing in it")
  func emptyPlan() throws {
    var (lines, text): ([String], String) = ([], "")
    let report = PlanReport(Plan(), Self.job, listsSkips: false)
    report.forEachLine { lines.append($0) }
    report.forEachPieceOfJSON { text += $0 }
    #expect(lines.count == 1)
    #expect(try JSON(parsing: Array(text.utf8)).value["value"] == [])
  }

  @Test("Provision on demand as text shows numbered steps with their details")
  func onDemand() {
    var lines: [String] = []
    let report = OnDemandReport([entry(1, .update), entry(2, .update, failure: Self.conflict)], dryRun: true)
    report.forEachLine { lines.append($0) }
    #expect(!report.succeeded)
    #expect(lines.contains("  1 Import: Read."))
    #expect(lines.contains("       surname  A"))
    #expect(lines.contains("  2 Perform action: Sent. [failure]"))
    #expect(lines.last == "2 objects, 1 would fail. Nothing was written.")
  }
}
