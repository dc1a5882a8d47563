import CJansson
import JSON
import Synchronization
import TestSupport
import Testing

@Suite struct CensusTests {
  @Test(
    "counts values as a parser finds them",
    arguments: [
      ("{}", 1), ("[]", 1), ("7", 1), (#""a""#, 1), (#"{"a":1}"#, 2),
      (#"{ "a" : {"b" : [1, "x", null]} , "c":true}"#, 7),
      (#"[[],[{}],""]"#, 5), (#"["a","b\"c:,[","d"]"#, 4), ("[1,2,\n3 ,-4.5e6]", 5), (#"{"a\\":"b"}"#, 2),
    ])
  func values(text: String, count: Int) throws {
    #expect(try JSONText(Array(text.utf8)).census.values == count)
    #expect(try Self.count(JSON(parsing: Array(text.utf8))) == count)
  }

  private static func count(_ json: JSON) -> Int {
    1 + json.elements.reduce(0) { $0 + count($1) } + json.members.reduce(0) { $0 + count($1.value) }
  }

  @Test("refuses one value too many, at its place, and takes as many as there may be")
  func limit() throws {
    let text = Array(#"{"value":[{},{},{}]}"#.utf8)
    #expect(try JSONText(text, limits: JSONLimits(maxValues: 5)).census.values == 5)
    #expect { try JSON(parsing: text, limits: JSONLimits(maxValues: 4)) } throws: {
      guard let error = $0 as? JSONError else { return false }
      return error.kind == .tooManyValues && (error.line, error.column) == (1, 17)
    }
  }

  @Test("refuses the name of a member that is too long, and no other text")
  func names() throws {
    let limits = JSONLimits(maxNameBytes: 3)
    #expect(try JSON(parsing: Array(#"{"abc":["abcd"]}"#.utf8), limits: limits)["abc"]?[0]?.string == "abcd")
    #expect { try JSON(parsing: Array(#"{"abcd" :1}"#.utf8), limits: limits) } throws: {
      ($0 as? JSONError)?.kind == .nameTooLong
    }
  }

  @Test("is not led to count less by what is no JSON")
  func malformed() {
    for text in ["[{},{},{}::::::", #"["a"::::,"b","c""#, #"[{},{},{},"a":"b":"c""#] {
      #expect((try? JSONText(Array(text.utf8)).census.values) ?? 0 >= 3, "\(text)")
    }
  }

  /// In a process of its own, as others parse at the same time in this one.
  @Test("what a tree takes at its largest is at most what was said, and not far from it")
  func cost() async {
    await #expect(processExitsWith: .success) {
      Allocations.watch()
      let shapes: [(String, (Int) -> String)] = [
        ("objects", { _ in "{}" }), ("arrays", { _ in "[]" }), ("numbers", { "\($0)" }), ("reals", { "\($0).5" }),
        ("short strings", { _ in #""""# }), ("strings", { #""\#($0) and some more of the text""# }),
        ("members", { #"{"\#($0)":1,"b":[0],"c":{}}"# }), ("lists", { _ in "[1,2,3,4,5,6,7,8,9]" }),
        (
          "notifications",
          {
            #"{"clientState":"0123456789abcdef","tenantId":"11111111-1111-1111-1111-111111111111","changeType":"updated","resource":"Users/\#($0)","resourceData":{"id":"\#($0)"}}"#
          }
        ),
      ]
      for (name, shape) in shapes {
        let text = "[" + (0..<5000).map(shape).joined(separator: ",") + "]"
        check(name, text)
      }
      check("one object", "{" + (0..<50_000).map { #""\#($0)":{}"# }.joined(separator: ",") + "}")
      check("one string", "[\"" + String(repeating: "x", count: 1 << 20) + "\"]")
      check("one name", "{\"" + String(repeating: "x", count: 1 << 20) + "\":1}")
      check("escapes", "[\"" + String(repeating: #"\u00e9"#, count: 1 << 18) + "\"]")

      func check(_ name: String, _ text: String) {
        Allocations.forgetPeak()
        guard let scanned = try? JSONText(Array(text.utf8)), let json = try? JSON(parsingAnyNumbers: scanned) else {
          Issue.record("\(name) cannot be parsed")
          return
        }
        let (peak, said) = withExtendedLifetime(json) { (Allocations.peak, scanned.census.treeBytes) }
        #expect(peak <= said, "\(name): \(peak) > \(said)")
        #expect(said <= peak * 5 / 2, "\(name): \(said) is far from \(peak)")
      }
    }
  }
}

/// What jansson holds, in whole chunks of the allocator.
private enum Allocations {
  private static let held = Atomic(0)
  private static let most = Atomic(0)

  static var peak: Int { most.load(ordering: .relaxed) }

  static func forgetPeak() { most.store(held.load(ordering: .relaxed), ordering: .relaxed) }

  private static func size(_ pointer: UnsafeMutableRawPointer) -> Int { malloc_usable_size(pointer) + 8 }

  static func watch() {
    json_set_alloc_funcs(
      { size in
        guard let pointer = malloc(size) else { return nil }
        let held = Allocations.held.add(Allocations.size(pointer), ordering: .relaxed).newValue
        Allocations.most.max(held, ordering: .relaxed)
        return pointer
      },
      { pointer in
        guard let pointer else { return }
        Allocations.held.subtract(Allocations.size(pointer), ordering: .relaxed)
        free(pointer)
      })
  }
}
