use woodpile_block::*; use woodpile_record::{Batch, json};
fn main(){
    let f=std::env::args().nth(1).unwrap(); let effort=if std::env::args().nth(2).as_deref()==Some("quick"){Effort::Quick}else{Effort::Thorough};
    let text=std::fs::read_to_string(&f).unwrap(); let mut blocks=0; let mut n=0usize; let mut raw=0usize; let mut packt=0f64; let mut unt=0f64;
    let mut lines=text.lines().peekable();
    while lines.peek().is_some(){
        let mut b=Batch::new();
        for l in lines.by_ref().take(262144){ let (_,r)=json::parse_export(l).unwrap(); b.push(r.as_document()); }
        let t=std::time::Instant::now(); let bytes=pack(&b,effort); packt+=t.elapsed().as_secs_f64();
        if let Some(p)=std::env::args().nth(3){ std::fs::write(p,&bytes).unwrap(); }
        blocks+=bytes.len(); n+=b.len(); raw+=b.as_bytes().len();
        let t=std::time::Instant::now(); let blk=Block::open(bytes.as_slice()).unwrap(); let mut all=0; for g in 0..blk.groups().len(){ all+=blk.unpack(g).unwrap().len(); } unt+=t.elapsed().as_secs_f64(); assert_eq!(all,b.len());
        if std::env::var("DUMP").is_ok(){ println!("{}",blk.describe()); }
    }
    println!("{f}: {n} records, bson {:.0}, packed {:.3} B/rec; pack {:.0} rec/s, unpack {:.0} rec/s",raw as f64/n as f64,blocks as f64/n as f64,n as f64/packt,n as f64/unt);
}
