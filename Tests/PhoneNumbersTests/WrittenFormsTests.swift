import Foundation
import PhoneNumbers
import Testing

/// Reads the forms that `Tests/phone/oracle` made, and writes down what they were read as.
@Suite("Written forms of telephone numbers")
struct WrittenFormsTests {
  private static let environment = ProcessInfo.processInfo.environment

  @Test("Given written forms, each is read", .enabled(if: environment["ROLLCALL_WRITTEN_FORMS"] != nil))
  func forms() throws {
    let forms = try String(contentsOfFile: try #require(Self.environment["ROLLCALL_WRITTEN_FORMS"]), encoding: .utf8)
    var answers: [String] = []
    for form in forms.unicodeScalars.split(separator: "\0", omittingEmptySubsequences: false) {
      let tab = try #require(form.firstIndex(of: "\t"))
      let home = Country(String(form[..<tab]))
      let number = try? PhoneNumber.read(String(form[form.index(after: tab)...]), home: home)
      answers.append(number.flatMap { $0.isValid ? $0.e164 : nil } ?? "")
    }
    #expect(answers.contains { !$0.isEmpty })
    let path = try #require(Self.environment["ROLLCALL_READ_FORMS"])
    try answers.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }
}
