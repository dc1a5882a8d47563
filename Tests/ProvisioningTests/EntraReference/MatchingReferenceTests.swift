import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// Who is in xMatters, by what is matched, and which person the user becomes.
private struct MatchingRow: Sendable, CustomTestStringConvertible {
  enum Outcome: Hashable, Sendable {
    case created, skipped
    /// The nth of those who are there.
    case takes(Int)
    case fails(ErrorCode)
  }

  var row: String
  var mappings: [AttributeMapping]
  var given: [String: AttributeValue?] = [:]
  /// Target name and web login of those who are in xMatters.
  var people: [(name: String, login: String)] = []
  var outcome: Outcome
  /// How often xMatters is asked for people.
  var searches: Int?

  var testDescription: String { "\(row) -> \(outcome)" }
}

/// docs/reference/entra-provisioning.md, "Attribute mappings".
@Suite("Matching, row by row")
struct MatchingReferenceTests {
  private static let byName = [AttributeMapping.sample("targetName", "[userPrincipalName]", matching: 1)]
  private static let byLoginThenName = [
    // Not written, so that a name that another person has does not matter.
    AttributeMapping.sample("targetName", "[userPrincipalName]", matching: 2, apply: .onCreate),
    .sample("webLogin", "[employeeId]", matching: 1),
  ]
  private static let name = "user1@example.org"

  private static let table: [MatchingRow] = [
    .init(row: "match: none", mappings: byName, people: [("other", "other")], outcome: .created),
    .init(row: "4.2 match: one", mappings: byName, people: [("other", "other"), (name, "x")], outcome: .takes(1)),
    .init(
      row: "match: one, whatever the letter case", mappings: byName, people: [("USER1@Example.org", "x")],
      outcome: .takes(0)),
    .init(
      row: "match: several", mappings: byName, people: [(name, "x"), ("USER1@example.org", "y")],
      outcome: .fails(.duplicateTargetEntries)),
    .init(
      row: "precedence: ascending, the first hit wins, the rest are not looked at", mappings: byLoginThenName,
      given: ["employeeId": .text("e1")], people: [(name, "x"), ("other", "e1")], outcome: .takes(1), searches: 1),
    .init(
      row: "precedence: the next when the first has no hit", mappings: byLoginThenName,
      given: ["employeeId": .text("e1")], people: [("other", "x"), (name, "y")], outcome: .takes(1), searches: 2),
    .init(
      row: "no combined matching: one attribute is enough", mappings: byLoginThenName,
      given: ["employeeId": .text("e1")], people: [("differs", "e1")], outcome: .takes(0)),
    .init(
      row: "precedence: several at the first are not settled by the second", mappings: byLoginThenName,
      given: ["employeeId": .text("e1")], people: [(name, "e1"), ("other", "E1")],
      outcome: .fails(.duplicateTargetEntries)),
    .init(
      row: "a value for at least one: the second", mappings: byLoginThenName, people: [(name, "x")],
      outcome: .takes(0)),
    .init(
      row: "a value for at least one: none",
      mappings: [
        .sample("targetName", "[userPrincipalName]"), .sample("webLogin", "[employeeId]", matching: 1),
      ], people: [(name, "x")], outcome: .skipped, searches: 0),
    .init(
      row: "the two values need not be equal: an expression on the source side",
      mappings: [
        .sample("targetName", #"Replace([userPrincipalName], , "@.*$", , "", , )"#, matching: 1)
      ], people: [("user1", "x")], outcome: .takes(0)),
    .init(
      row: "not matching: a mapping without precedence finds no person",
      mappings: [
        .sample("targetName", "[displayName]"), .sample("webLogin", "[userPrincipalName]", matching: 1),
      ], people: [("Given1 Surname1 ", "x")], outcome: .created),
  ]

  @Test("Given matching attributes, the user's person is found, made, or told to be none", arguments: table)
  private func match(_ row: MatchingRow) async throws {
    let targets = Set(row.mappings.map(\.target))
    let world = World(
      mapping: .sample(AttributeMapping.defaults.filter { !targets.contains($0.target) } + row.mappings))
    let ids = row.people.map { world.target.put([.targetName: .text($0.name), .webLogin: .text($0.login)]) }
    world.hire(.sample(1, changing: row.given))
    let report = try await world.run(1)
    switch row.outcome {
    case .created: #expect(report.entry?.action == .create && report.failure == nil)
    case .skipped: #expect(report.skip == .importSkipped && world.target.writes.isEmpty)
    case .takes(let index): #expect(world.link(1)?.personID == ids[index] && report.failure == nil)
    case .fails(let code): #expect(report.failure?.code == code && world.target.writes.isEmpty)
    }
    if let searches = row.searches { #expect(world.faults.calls(.people) == searches) }
  }
}
