import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing

@Suite("A plan")
struct PlanTests {
  private func report(
    _ action: ProvisioningLogEntry.Action, _ properties: [(String, String?, String?)] = [], failure: Failure? = nil,
    skip: SkipReason? = nil, user: Int = 1
  ) -> RunReport {
    let entry = ProvisioningLogEntry(
      id: "e", time: FixedClock.start, cycleID: nil, action: action, status: failure == nil ? .success : .failure,
      duration: .zero, objectID: .sample(user), kind: .user, sourceName: "Given\(user)", targetID: nil, targetName: nil,
      steps: [], modifiedProperties: properties.map { .init(name: $0.0, oldValue: $0.1, newValue: $0.2) },
      failure: failure)
    return RunReport(
      record: RunRecord(objectID: .sample(user), link: .unchanged, escrow: .clear, entry: nil), account: entry,
      failure: failure, skip: skip)
  }

  private func plan(_ reports: RunReport...) -> Plan {
    reports.reduce(into: Plan()) { $0.note($1) }
  }

  @Test("Given two runs of one user, they are one entry from before the first to after the second")
  func merges() {
    let plan = plan(
      report(.create, [("firstName", nil, "Ada"), ("supervisors", nil, "boss")]),
      report(.update, [("firstName", "Ada", "Ida"), ("lastName", "A", "B"), ("supervisors", "boss", nil)]))
    #expect(plan.counts == [.create: 1])
    #expect(
      plan.changes.first?.modifiedProperties == [
        .init(name: "firstName", oldValue: nil, newValue: "Ida"), .init(name: "lastName", oldValue: "A", newValue: "B"),
      ])
  }

  @Test("Given a failure that passes, only what came of it counts")
  func failureThatPasses() {
    let plan = plan(report(.other, failure: .throttled), report(.update, [("lastName", "A", "B")]))
    #expect(plan.failures.isEmpty)
    #expect(plan.counts == [.update: 1])
    #expect(self.plan(report(.other, failure: .throttled), report(.other, skip: .notInScope)).isEmpty)
  }

  @Test("Given a run after a change that finds nothing more to do, the change stands")
  func skipAfterChange() {
    let plan = plan(report(.update, [("lastName", "A", "B")]), report(.other, skip: .redundantExport))
    #expect(plan.counts == [.update: 1])
    #expect(plan.skips.isEmpty)
  }

  @Test("Given many, they come by action and name, and who is left alone with the reason")
  func order() {
    let plan = plan(
      report(.disable, user: 1), report(.create, user: 3), report(.create, user: 2),
      report(.other, failure: .badRequest, user: 4), report(.other, skip: .notInScope, user: 5))
    #expect(plan.changes.map(\.objectID) == [.sample(2), .sample(3), .sample(1)])
    #expect(plan.failures.map(\.objectID) == [.sample(4)])
    #expect(plan.skips.map(\.reason) == [.notInScope])
  }
}
