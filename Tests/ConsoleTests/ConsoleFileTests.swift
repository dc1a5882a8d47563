import Foundation
import Testing

@testable import Console

@Suite("The files of the console")
struct ConsoleFileTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/CConsolePage/page")

  private static func text(_ name: String) -> String {
    String(decoding: ConsoleFile.all[name]?.bytes ?? [], as: UTF8.self)
  }

  @Test("Given the folder, the program has each of its files, and no other")
  func embedded() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(names) == Set(ConsoleFile.all.keys))
    for name in names {
      #expect(try Data(contentsOf: Self.folder.appending(path: name)) == Data(ConsoleFile.all[name]?.bytes ?? []))
    }
  }

  @Test("Given all files together, they stay under 128 kB, and under 60 kB as they are sent")
  func size() {
    #expect(ConsoleFile.all.values.reduce(0) { $0 + $1.bytes.count } <= 128_000)
    #expect(ConsoleFile.all.values.reduce(0) { $0 + $1.compressed.count } <= 60_000)
    #expect(ConsoleFile.all.values.allSatisfy { $0.compressed.starts(with: [0x1f, 0x8b]) })
  }

  @Test("Given two files, their tags differ, and each has a type that a browser takes")
  func headers() {
    #expect(Set(ConsoleFile.all.values.map(\.entityTag)).count == ConsoleFile.all.count)
    #expect(ConsoleFile.all.values.allSatisfy { $0.contentType != "application/octet-stream" })
  }

  @Test(
    "Given the scripts, none makes markup of text, and none asks another host", arguments: ConsoleFile.all.keys.sorted()
  )
  func harmless(name: String) {
    let text = Self.text(name)
    for word in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc",
    ] {
      #expect(!text.contains(word), "\(word)")
    }
    let addresses = text.matches(of: /https?:\/\/[^\s"'`)]+/).map { String($0.output) }
    #expect(addresses.allSatisfy { $0 == "http://www.w3.org/2000/svg" }, "\(addresses)")
  }

  @Test("Given the modules, each import names a file that is there")
  func imports() {
    for (name, file) in ConsoleFile.all where name.hasSuffix(".js") {
      for match in String(decoding: file.bytes, as: UTF8.self).matches(of: /(?:from |import\()'\.\/([^']+)'/) {
        #expect(ConsoleFile.all[String(match.output.1)] != nil, "\(name) imports \(match.output.1)")
      }
    }
  }
}
