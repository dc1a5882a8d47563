import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// One mapping beside the default ones: what a person is made with, and what is written when the directory, or a person in xMatters,
/// changes something afterwards.
private struct FlowRow: Sendable, CustomTestStringConvertible {
  var row: String
  var mapping: AttributeMapping
  /// Of the user, beside those of the sample.
  var given: [String: AttributeValue?] = [:]
  /// What the person has of the mapping's target once it is made.
  var created: TargetValue?
  /// In the directory.
  var then: [String: AttributeValue?] = [:]
  /// In xMatters, by hand.
  var byHand: [TargetAttribute: TargetValue] = [:]
  /// In one write; empty for none.
  var written: [TargetAttribute: TargetValue] = [:]

  var testDescription: String { row }
}

private let title = TargetAttribute.property("Title")
private let skills = TargetAttribute.property("Skills")

/// docs/reference/entra-provisioning.md, "Attribute mappings".
@Suite("Attribute mappings, row by row")
struct MappingReferenceTests {
  private static let engineer: [String: AttributeValue?] = ["jobTitle": .text("Engineer")]
  private static let noTitle: [String: AttributeValue?] = ["jobTitle": nil]
  private static let renamed: [String: AttributeValue?] = ["surname": .text("Keita")]

  private static let types: [FlowRow] = [
    .init(
      row: "Direct: the value of one source attribute", mapping: .sample("properties.Title", "[jobTitle]"),
      given: engineer, created: .text("Engineer"), then: ["jobTitle": .text("Lead")], written: [title: .text("Lead")]),
    .init(
      row: "Constant: a fixed text", mapping: .sample("properties.Title", #""Staff""#), created: .text("Staff"),
      then: engineer),
    .init(
      row: "Expression: a function's result",
      mapping: .sample("properties.Title", #"Join(" ", [jobTitle], [surname])"#), given: engineer,
      created: .text("Engineer Surname1"), then: ["jobTitle": .text("Lead")], written: [title: .text("Lead Surname1")]),
    .init(
      row: "None: the target is left as it is", mapping: .sample("properties.Other", "[city]"),
      byHand: [title: .text("by hand")]),
  ]

  private static let properties: [FlowRow] = [
    .init(
      row: "Default value if null: sent on create, never on update",
      mapping: .sample("properties.Title", "[jobTitle]", defaultValue: "Staff"), created: .text("Staff"),
      then: renamed, byHand: [title: .text("by hand")], written: [.lastName: .text("Keita")]),
    .init(
      row: "Default value if null: not sent when the source becomes null",
      mapping: .sample("properties.Title", "[jobTitle]", defaultValue: "Staff"), given: engineer,
      created: .text("Engineer"), then: noTitle),
    .init(
      row: "Default value if null: gives way to a value",
      mapping: .sample("properties.Title", "[jobTitle]", defaultValue: "Staff"), created: .text("Staff"),
      then: engineer, written: [title: .text("Engineer")]),
    .init(
      row: "Apply always", mapping: .sample("properties.Title", "[jobTitle]"), given: engineer,
      created: .text("Engineer"), byHand: [title: .text("by hand")], written: [title: .text("Engineer")]),
    .init(
      row: "Apply only during object creation: on create",
      mapping: .sample("properties.Title", "[jobTitle]", apply: .onCreate), given: engineer,
      created: .text("Engineer"), then: ["jobTitle": .text("Lead")]),
    .init(
      row: "Apply only during object creation: what was null then stays",
      mapping: .sample("properties.Title", "[jobTitle]", apply: .onCreate), then: engineer),
    .init(
      row: "flowBehavior FlowWhenChanged: only what changed is written",
      mapping: .sample("properties.Title", "[jobTitle]"), given: engineer, created: .text("Engineer"), then: renamed,
      written: [.lastName: .text("Keita")]),
    .init(
      row: "flowBehavior FlowWhenChanged: nothing changed, nothing is written",
      mapping: .sample("properties.Title", "[jobTitle]"), given: engineer, created: .text("Engineer")),
  ]

  private static let nulls: [FlowRow] = [
    .init(
      row: "a null is not sent: on create", mapping: .sample("properties.Title", "[jobTitle]"), given: noTitle),
    .init(
      row: "a null is not sent: on update, so the value stays",
      mapping: .sample("properties.Title", "[jobTitle]"), given: engineer, created: .text("Engineer"), then: noTitle),
    .init(
      row: "an empty text is not sent either", mapping: .sample("properties.Title", "[jobTitle]"),
      given: engineer, created: .text("Engineer"), then: ["jobTitle": .text("")]),
    .init(
      row: "clearing, both gates open: cleared on update",
      mapping: .sample("properties.Title", "[jobTitle]", flowsNull: true), given: engineer,
      created: .text("Engineer"), then: noTitle, written: [title: .null]),
    .init(
      row: "clearing, the mapping's gate shut by onCreate",
      mapping: .sample("properties.Title", "[jobTitle]", apply: .onCreate, flowsNull: true), given: engineer,
      created: .text("Engineer"), then: noTitle),
    .init(
      row: "clearing, the target's gate shut: every person in xMatters has one",
      mapping: .sample("timezone", "[city]", flowsNull: true), given: ["city": .text("US/Eastern")],
      created: .text("US/Eastern"), then: ["city": nil]),
    .init(
      row: "clearing on create: nothing", mapping: .sample("properties.Title", "[jobTitle]", flowsNull: true),
      given: noTitle),
    .init(
      row: "clearing on create: the default, which stays",
      mapping: .sample("properties.Title", "[jobTitle]", defaultValue: "Staff", flowsNull: true), given: noTitle,
      created: .text("Staff"), then: renamed, written: [.lastName: .text("Keita")]),
    .init(
      row: "clearing beside a default: what the directory gave is cleared",
      mapping: .sample("properties.Title", "[jobTitle]", defaultValue: "Staff", flowsNull: true), given: engineer,
      created: .text("Engineer"), then: noTitle, written: [title: .null]),
    .init(
      row: "trap: a Switch with a default keeps its value when another attribute changes",
      mapping: .sample("properties.Title", #"Switch([jobTitle], "Other", "Engineer", "E1")"#), given: engineer,
      created: .text("E1"), then: renamed, written: [.lastName: .text("Keita")]),
    .init(
      row: "trap: a Switch with a default gives it when there is no value",
      mapping: .sample("properties.Title", #"Switch([jobTitle], "Other", "Engineer", "E1")"#), given: engineer,
      created: .text("E1"), then: noTitle, written: [title: .text("Other")]),
    .init(
      row: "advice: IgnoreFlowIfNullOrEmpty leaves the value",
      mapping: .sample("properties.Title", "IgnoreFlowIfNullOrEmpty([jobTitle])", flowsNull: true), given: engineer,
      created: .text("Engineer"), then: noTitle),
    .init(
      row: "trap: multi-valued in another order is not written again",
      mapping: .sample("properties.Skills", "[otherMails]"), given: ["otherMails": .texts(["b", "a"])],
      created: .list(["b", "a"]), then: ["otherMails": .texts(["a", "b"])]),
  ]

  private static let kinds: [FlowRow] = [
    .init(
      row: "custom attribute: multi-valued, changed", mapping: .sample("properties.Skills", "[otherMails]"),
      given: ["otherMails": .texts(["a", "b"])], created: .list(["a", "b"]), then: ["otherMails": .texts(["b"])],
      written: [skills: .list(["b"])]),
    .init(
      row: "custom attribute: Boolean", mapping: .sample("properties.Title", "[flag]"),
      given: ["flag": .boolean(true)], created: .boolean(true), then: ["flag": .boolean(false)],
      written: [title: .boolean(false)]),
    .init(
      row: "custom attribute: Integer", mapping: .sample("properties.Title", "[count]"),
      given: ["count": .integer(7)], created: .number(7), then: ["count": .integer(8)], written: [title: .number(8)]),
    .init(
      row: "caseExact: a change in letter case alone is an update",
      mapping: .sample("properties.Title", "[jobTitle]"), given: engineer, created: .text("Engineer"),
      then: ["jobTitle": .text("ENGINEER")], written: [title: .text("ENGINEER")]),
    .init(
      row: "names of directory extensions are case-sensitive: as written",
      mapping: .sample("properties.Title", "[extension_0123_Badge]"), given: ["extension_0123_Badge": .text("7")],
      created: .text("7")),
    .init(
      row: "names of directory extensions are case-sensitive: otherwise",
      mapping: .sample("properties.Title", "[extension_0123_badge]"), given: ["extension_0123_Badge": .text("7")]),
    .init(
      row: "no manager leaves the supervisors that are there",
      mapping: .sample("supervisors", "[manager]"),
      created: .list([]), byHand: [.supervisors: .list(["p"])]),
  ]

  @Test("Given a type of mapping, it flows as the table says", arguments: types)
  private func type(_ row: FlowRow) async throws { try await check(row) }

  @Test("Given properties of a mapping, it flows as they say", arguments: properties)
  private func property(_ row: FlowRow) async throws { try await check(row) }

  @Test("Given null or empty, it flows, clears or stays", arguments: nulls)
  private func null(_ row: FlowRow) async throws { try await check(row) }

  @Test("Given values of every kind, they flow", arguments: kinds)
  private func kind(_ row: FlowRow) async throws { try await check(row) }

  /// Every run compares with a listing, as in a full cycle; the last finds nothing to write.
  private func check(_ row: FlowRow) async throws {
    let policy = MappingPolicy.sample(AttributeMapping.defaults(replacing: row.mapping))
    let world = World(mapping: policy)
    let person = try await world.provisioned(.sample(1, changing: row.given))
    #expect(person.attributes[row.mapping.target] == row.created)
    world.directory.change(.sample(1)) { user in
      for (attribute, value) in row.then { user.attributes[attribute] = value }
    }
    world.target.change(person.id) { $0.attributes.merge(row.byHand) { $1 } }
    try await runAgainstListing(world, policy)
    #expect(
      world.target.takeWrites() == (row.written.isEmpty ? [] : [.init(.modify, person.id, row.written)]))
    try await runAgainstListing(world, policy)
    #expect(world.target.writes.isEmpty, "seen again")
  }

  private func runAgainstListing(_ world: World, _ policy: MappingPolicy) async throws {
    _ = try await world.snapshot.fill(from: world.target, policy: policy)
    #expect(try await world.run(1).failure == nil)
  }
}
