import Expressions
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

private func source(_ changing: [String: AttributeValue?] = [:]) -> SourceAttributes {
  SourceAttributes(user: .sample(1, changing: changing), appRoles: [], isSoftDeleted: false)
}

@Suite("Scoping filters: clauses are joined by AND, filters by OR")
struct ScopingFilterTests {
  private static func filters() throws -> ScopingFilters {
    ScopingFilters([
      ScopingFilter(
        name: "berlin",
        clauses: [try ScopingClause("city", .equals, "Berlin"), try ScopingClause("mail", .isNotNull)]),
      ScopingFilter(name: "oncall", clauses: [try ScopingClause("extensionAttribute3", .equals, "oncall")]),
    ])
  }

  @Test("Given no filters, everybody passes and nothing is read")
  func none() throws {
    let evaluation = try ScopingFilters().evaluate(source())
    #expect(evaluation.passes && evaluation.passedFilter == nil && evaluation.clauses.isEmpty)
    #expect(ScopingFilters().attributeNames.isEmpty)
  }

  @Test(
    "Given two filters, any one whose clauses all hold lets the user through",
    arguments: [
      ("Berlin", "a@b", "oncall", "berlin"), ("Berlin", "a@b", nil, "berlin"), ("Berlin", nil, "oncall", "oncall"),
      (nil, nil, "oncall", "oncall"), ("Berlin", nil, nil, nil), ("berlin", "a@b", "off", nil), (nil, nil, nil, nil),
    ] as [(String?, String?, String?, String?)])
  func combined(_ city: String?, _ mail: String?, _ duty: String?, _ passed: String?) throws {
    let evaluation = try Self.filters().evaluate(
      source([
        "city": city.map { .text($0) }, "mail": mail.map { .text($0) }, "extensionAttribute3": duty.map { .text($0) },
      ]))
    #expect(evaluation.passes == (passed != nil))
    #expect(evaluation.passedFilter == passed)
    #expect(evaluation.clauses.count == 3, "every clause is shown with its result")
  }

  @Test("Given no filter lets the user through, the first clause of each filter that does not hold has decided")
  func deciding() throws {
    let evaluation = try Self.filters().evaluate(source(["city": .text("Bonn"), "mail": nil]))
    #expect(
      evaluation.decidingClauses.map(\.description) == [
        "berlin: city EQUALS Berlin", "oncall: extensionAttribute3 EQUALS oncall",
      ])
  }

  @Test("The attributes that filters read are known")
  func attributes() throws {
    #expect(try Self.filters().attributeNames == ["city", "mail", "extensionAttribute3"])
  }

  @Test("Given a clause without an answer, the user is not out of scope, unless another filter lets it through")
  func unanswered() throws {
    let endless = ScopingFilter(name: "endless", clauses: [try ScopingClause("mail", .regexMatch, "^(a+)+$")])
    let user = source(["mail": .text(String(repeating: "a", count: 5000) + "!"), "department": .text("Operations")])
    do throws(Failure) {
      let evaluation = try ScopingFilters([endless]).evaluate(user)
      Issue.record("answered \(evaluation.passes)")
    } catch {
      #expect(error.remedy == .escrow && error.reason.contains("endless"))
    }
    let lenient = try ScopingFilters([endless] + ScopingFilters.operations().filters)
    #expect(try lenient.evaluate(user).passedFilter == "operations")
  }

  @Test("A guest's name is read as the invited address; the original has a name of its own")
  func guests() throws {
    let guest = source(["userPrincipalName": .text("ada_home.example#EXT#@tenant.example")])
    let clean = ScopingFilters([
      ScopingFilter(name: "home", clauses: [try ScopingClause("userPrincipalName", .endsWith, "@home.example")])
    ])
    let original = ScopingFilters([
      ScopingFilter(name: "guest", clauses: [try ScopingClause("originalUserPrincipalName", .includes, "#EXT#")])
    ])
    #expect(try clean.evaluate(guest).passes && original.evaluate(guest).passes)
    #expect(try !original.evaluate(source()).passes)
  }
}
