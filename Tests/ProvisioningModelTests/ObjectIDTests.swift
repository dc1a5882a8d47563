import ProvisioningModel
import Testing

@Suite("Ids of directory objects")
struct ObjectIDTests {
  @Test(
    "A GUID is the same object whatever its letter case, and reads in lower case",
    arguments: ["0f8fad5b-d9cb-469f-a165-70867728950e", "00000000-0000-0000-0000-000000000000"]
      + ["ffffffff-ffff-ffff-ffff-ffffffffffff", "80000000-0000-0000-8000-000000000001"])
  func guid(text: String) {
    #expect(ObjectID(text.uppercased()) == ObjectID(text))
    #expect(ObjectID(text.uppercased()).hashValue == ObjectID(text).hashValue)
    #expect(ObjectID(text.uppercased()).rawValue == text)
  }

  @Test(
    "What is no GUID is kept as text, in lower case",
    arguments: [
      "", "Ada", "0f8fad5b-d9cb-469f-a165-70867728950", "0f8fad5b-d9cb-469f-a165-70867728950g",
      "0f8fad5bd9cb469fa16570867728950e", "0f8fad5b_d9cb_469f_a165_70867728950e", "é000000-0000-0000-0000-00000000000",
      "0000000--0000-0000-0000-000000000000",
    ])
  func text(text: String) {
    #expect(ObjectID(text).rawValue == text.lowercased())
    #expect(ObjectID(text.uppercased()) == ObjectID(text.lowercased()))
  }

  @Test("Their order is that of their texts")
  func order() {
    let texts = [
      "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a166-000000000000", "b", "1", "",
      "f0000000-0000-4000-8000-000000000000", "0f8fad5b-d9cb-469e-ffff-ffffffffffff",
    ]
    #expect(texts.map { ObjectID($0) }.sorted().map(\.rawValue) == texts.sorted())
  }
}
