import Foundation
import Expressions
import ProvisioningModel
import ProvisioningRules
import Testing
import Yams

@testable import Service

@Suite("The papers say what the code has")
struct DocumentationTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// One item in every list, so that the keys of items are known as well.
  private static let everyList = """
    scopingFilters: [{clauses: [{attribute: department, operator: EQUALS, value: Operations}]}]
    mappings:
      users:
        - {target: targetName, source: "[userPrincipalName]", matching: 1}
        - {target: firstName, source: "[givenName]"}
        - {target: lastName, source: "[surname]"}

    """

  /// The cells of all tables of a page below a heading, up to the next one of its level.
  private func rows(_ page: String, under heading: String) throws -> [[String]] {
    let text = try String(contentsOf: Self.root.appending(path: "docs/\(page)"), encoding: .utf8)
    let level = heading.prefix { $0 == "#" } + " "
    var isInside = false
    var rows: [[String]] = []
    for line in text.split(separator: "\n") {
      if line == heading {
        isInside = true
      } else if isInside, line.hasPrefix(level) {
        break
      } else if isInside, line.hasPrefix("|"), !line.hasPrefix("| ---") {
        rows.append(
          line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.trimmingCharacters(in: .whitespaces)
          })
      }
    }
    return rows
  }

  private func name(_ cell: String) -> String? {
    guard cell.hasPrefix("`"), cell.hasSuffix("`") else { return nil }
    return String(cell.dropFirst().dropLast())
  }

  @Test("Given the keys that the code reads, the page on configuration has each of them and no other")
  func keys() throws {
    let documented = Set(try rows("configuration.md", under: "## Keys").compactMap { name($0[0]) })
    let read = try SampleConfiguration.load(Self.everyList).knownKeys
    // Lists stand there with their items' keys.
    let lists: Set = ["scopingFilters", "scopingFilters[].clauses", "mappings.users"]
    #expect(read.subtracting(lists).subtracting(documented) == [])
    #expect(documented.subtracting(read) == [])
  }

  @Test("Given what a configuration without options amounts to, the page on configuration has the same defaults")
  func defaults() throws {
    let root = try Yams.compose(yaml: try SampleConfiguration.load("").effectiveYAML)
    var compared = 0
    for row in try rows("configuration.md", under: "## Keys") where row.count > 1 {
      guard let key = name(row[0]), let written = name(row[1]) else { continue }
      var node = root
      for part in key.split(separator: ".") { node = node?.mapping?[String(part)] }
      let value = node?.sequence.map { "[\($0.compactMap(\.string).joined(separator: ", "))]" } ?? node?.string
      #expect(value == written, "\(key)")
      compared += 1
    }
    #expect(compared > 40)
  }

  @Test("Given the default mappings of the code, the page on configuration has the same")
  func mappings() throws {
    let documented = try rows("configuration.md", under: "## Default mappings").dropFirst().map {
      [name($0[0]), name($0[1]), $0[2]]
    }
    #expect(
      documented
        == MappingReader.defaults.map {
          [
            "\($0.target)", $0.source.text,
            $0.matching.map { "matching \($0)" } ?? ($0.apply == .onCreate ? "on create" : ""),
          ]
        })
  }

  @Test("Given the error codes, the page on the HTTP API has each of them and no other")
  func errorCodes() throws {
    let rows = try rows("http-api.md", under: "## Error codes").filter { $0.count == 3 }
    #expect(Set(rows.compactMap { name($0[0]) }) == Set(ErrorCode.allCases.map(\.rawValue)))
  }

  @Test("Given the configuration that README shows, it is valid")
  func example() throws {
    let lines = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasSuffix("```yaml") })
    let example = lines[(start + 1)...].prefix { !$0.hasSuffix("```") }.map { $0.dropFirst(3) }
    let loaded = try SettingsLoader.load(yaml: example.joined(separator: "\n"), file: "README.md", environment: [:])
    #expect(loaded.warnings.isEmpty)
  }
}
